// The few globals that every browser, worker and Node 20 share. Core compiles against these and nothing else:
// no DOM, no Node.

declare class TextEncoder {
  encode(text: string): Uint8Array<ArrayBuffer>;
}
declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean });
  decode(bytes: Uint8Array): string;
}
declare class URL {
  constructor(url: string, base?: string);
  protocol: string;
  hash: string;
  pathname: string;
  readonly host: string;
  readonly hostname: string;
  readonly origin: string;
  readonly href: string;
  password: string;
  readonly search: string;
  readonly searchParams: { get(name: string): string | null; set(name: string, value: string): void };
  username: string;
}
interface AbortSignal {
  readonly aborted: boolean;
  readonly reason: unknown;
  addEventListener(type: 'abort', listener: () => void, options?: { once?: boolean }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}
declare class AbortController {
  readonly signal: AbortSignal;
  abort(reason?: unknown): void;
}
declare function btoa(binary: string): string;
declare function atob(base64: string): string;

interface CryptoKey {
  readonly type: string;
}
interface AesGcm {
  name: 'AES-GCM';
  iv: Uint8Array<ArrayBuffer>;
  additionalData?: Uint8Array<ArrayBuffer>;
}
declare const crypto: {
  getRandomValues<T extends Uint8Array>(into: T): T;
  readonly subtle: {
    importKey(
      format: 'raw',
      key: Uint8Array<ArrayBuffer>,
      algorithm: 'AES-GCM' | 'HKDF',
      extractable: false,
      uses: string[],
    ): Promise<CryptoKey>;
    encrypt(algorithm: AesGcm, key: CryptoKey, bytes: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer>;
    decrypt(algorithm: AesGcm, key: CryptoKey, bytes: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer>;
    digest(algorithm: 'SHA-256', bytes: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer>;
    deriveBits(
      algorithm: {
        name: 'HKDF';
        hash: 'SHA-256';
        salt: Uint8Array<ArrayBuffer>;
        info: Uint8Array<ArrayBuffer>;
      },
      key: CryptoKey,
      bits: number,
    ): Promise<ArrayBuffer>;
  };
};
