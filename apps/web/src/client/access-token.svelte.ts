// The access token for the server of this page, where it asks senders for one: entered once, and kept in this browser until the
// person forgets it.
import { recallText, remember } from '../capabilities/remembered.ts';

const KEY = 'access-token';

class AccessToken {
  /** Null where none was entered. */
  token = $state(recallText(KEY));

  keep(token: string): void {
    this.token = token;
    remember(KEY, token);
  }

  forget(): void {
    this.token = null;
    remember(KEY, null);
  }
}

/** One for the page: its server is one. */
export const accessToken = new AccessToken();
