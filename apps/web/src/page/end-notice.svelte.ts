// A notification when a transfer ends in the background: only for a person who asked for it while it ran.

const ICON = './icons/192.png';

export class EndNotice {
  /** `offered` where the browser has notifications and the person hasn't refused them. */
  status = $state<'absent' | 'offered' | 'wanted' | 'refused'>('absent');

  constructor() {
    this.reset();
  }

  /** For the next transfer, one has to ask again. */
  reset(): void {
    const isPossible = 'Notification' in window && Notification.permission !== 'denied';
    this.status = isPossible ? 'offered' : 'absent';
  }

  /** To be called when the person has clicked. */
  async ask(): Promise<void> {
    const permission = await Notification.requestPermission();
    this.status = permission === 'granted' ? 'wanted' : 'refused';
  }

  /** Says it, unless the person looks at the page anyway. */
  async tell(title: string, body: string): Promise<void> {
    if (this.status !== 'wanted' || document.visibilityState === 'visible') return;
    const options = { body, icon: ICON, tag: 'end' };
    // On phones only a service worker may show one.
    const worker = await navigator.serviceWorker?.getRegistration();
    if (worker?.active != null) return worker.showNotification(title, options);
    const notification = new Notification(title, options);
    notification.onclick = () => window.focus();
  }
}
