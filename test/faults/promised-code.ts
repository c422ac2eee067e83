// The code that a sender is going to tell: whoever starts both ends has to wait for it.
export interface PromisedCode {
  code: Promise<string>;
  tellCode(code: string): void;
}

export function promisedCode(): PromisedCode {
  let tellCode: (code: string) => void = () => {};
  const code = new Promise<string>((resolve) => {
    tellCode = resolve;
  });
  return { code, tellCode };
}
