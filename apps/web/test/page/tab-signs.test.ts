import { TransferError, toErrorRecord } from '@p2p-copy/core';
import { expect, test } from 'vitest';
import './plain-runes.ts';

const { SendSession } = await import('../../src/page/send-session.svelte.ts');
const { TransferProgress } = await import('../../src/page/transfer-progress.svelte.ts');
const { tabSignsOf } = await import('../../src/page/tab-signs.ts');
const { FakeEngine } = await import('./fake-engine.ts');
const { pickedText } = await import('../../src/gather/picked-files.ts');
