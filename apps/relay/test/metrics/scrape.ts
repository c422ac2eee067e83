// Scrapes a relay as Prometheus does, and reads the samples.
import type { RunningRelay } from '../../src/index.ts';

export type Samples = ReadonlyMap<string, number>;

/** Samples by name and labels as they are written: `p2p_copy_relay_connections{phase="paired"}`. */
export async function scrape(url: string): Promise<Samples> {
  const answer = await fetch(`${url}/metrics`);
  if (!answer.ok) throw new Error(`the scrape was answered with ${answer.status}`);
  return samplesIn(await answer.text());
}

function samplesIn(text: string): Samples {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const space = line.lastIndexOf(' ');
      return [line.slice(0, space), Number(line.slice(space + 1))];
    }),
  );
}

export function adminOf(relay: RunningRelay): string {
  return relay.adminAddresses[0]!;
}

/** Names of metrics, without `_bucket` and the like. */
export function metricNames(text: string): string[] {
  return [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name!);
}
