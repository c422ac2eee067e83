// What some browsers tell of the device beyond TypeScript's DOM library.
interface NavigatorID {
  /** GiB, rounded. Chromium alone. */
  readonly deviceMemory?: number;
}
