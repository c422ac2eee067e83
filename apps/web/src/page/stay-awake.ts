// Keeps the screen on: a phone that locks itself stops a transfer.

/** Until the returned function is called. */
export function stayAwake(): () => void {
  let lock: WakeLockSentinel | null = null;
  let isOver = false;
  const hold = async () => {
    if (document.visibilityState !== 'visible') return;
    try {
      const held = await navigator.wakeLock?.request('screen');
      if (isOver) await held?.release();
      else lock = held ?? null;
    } catch {
      // Refused, as in power saving mode: the transfer runs without it.
    }
  };
  // The browser drops it when the tab is hidden.
  document.addEventListener('visibilitychange', hold);
  void hold();
  return () => {
    isOver = true;
    document.removeEventListener('visibilitychange', hold);
    lock?.release().catch(() => {});
  };
}
