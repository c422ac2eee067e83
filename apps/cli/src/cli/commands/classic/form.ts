// What the two commands in the Python tool's form share: options that don't fit, the notice, advice about errors.
import type { ErrorCode } from '../../../library/public-types.ts';
import { withoutLogin } from '../../../node/network/relay-login.ts';
import { shown } from '../../../wording/show-text.ts';
import { type Side, UsageError } from '../../terminal/exit-codes.ts';

/** @throws UsageError that names the first of ours that was given beside the Python tool's form */
export function expectOnlyClassicOptions(
  options: Record<string, unknown>,
  ours: readonly string[],
  side: Side,
): void {
  const given = ours.find((name) => options[name] !== undefined && options[name] !== false);
  if (given === undefined) return;
  throw new UsageError(
    `--${given.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)} can't be used with a relay's ws:// address in front, which is the form of the Python tool.`,
    `Leave it out, or name the relay with --relay; see p2p-copy ${side} --help.`,
  );
}

/** Said once for each transfer: what the person would get without the older format. */
export function classicNotice(side: Side, server: string): string {
  const command = side === 'send' ? 'p2p-copy send FILES…' : 'p2p-copy receive';
  const relay = shown(withoutLogin(server)).replace(/^ws/i, 'http');
  return [
    'This is the format of the Python tool. Version 2 is stronger: nobody can try codes offline, and the',
    `sender hears that all arrived. When both sides have it: ${command} --relay ${relay}`,
  ].join('\n');
}

/** What to do about errors, where version 2's advice doesn't fit. */
export function classicSteps(side: Side): Partial<Record<ErrorCode, string>> {
  const again = `Start both again; ${TO_CONTINUE[side]}`;
  const kept = side === 'receive' ? 'What has arrived is kept. ' : '';
  return {
    'relay-unreachable':
      'Check the address and your connection. To start a relay here: p2p-copy run-relay-server.',
    'not-a-relay': 'Check the address: it is that of the relay, such as wss://copy.example.org.',
    'code-in-use': 'Choose another code, and start one sender and one receiver with it.',
    'peer-gone': `${kept}Look at the other side. ${again}`,
    'connection-lost': `${kept}${again}`,
    'authentication-failed':
      'Check that both sides use the same code and both --encrypt, then start both again.',
    interrupted: again,
  };
}

const TO_CONTINUE: Record<Side, string> = {
  send: '--resume here sends only what is missing there, if the receiver is the Python tool or has --continue.',
  receive: 'with --resume at the sender and --continue here only what is missing is sent.',
};
