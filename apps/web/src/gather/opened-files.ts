// What a person opens with the installed app, in their file manager: to be sent.
import { type Picked, pickedHandles } from './picked-files.ts';

/** Tells `onOpened` what the page was opened with, if anything. Browsers that open no files with a page have no queue. */
export function takeOpened(onOpened: (picked: Picked) => void): void {
  window.launchQueue?.setConsumer(({ files }) => {
    if (files.length > 0) onOpened(pickedHandles([...files]));
  });
}
