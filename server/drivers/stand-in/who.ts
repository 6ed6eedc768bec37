import { createHash, randomBytes } from 'node:crypto';
import { escaped } from './page.ts';

/** What the local identity providers have in common: who somebody says to be, by a name typed into a form. */

/** What a local identity provider does wrong when a test asks for it. Only code in the same process can set these. */
export interface IdentityFaults {
  /** Sends this error back instead of asking. */
  error: string | null;
  /** Comes back with a state that nobody began. */
  wrongState: boolean;
  /** Says that the token is another application's. */
  otherApp: boolean;
  /** API calls are answered with HTTP 500. */
  status500: boolean;
  /** API calls are answered with something that isn't JSON. */
  noJson: boolean;
  /** QQ wraps what it answers in `callback( … );`, asked for or not. */
  jsonp: boolean;
  /** WeChat leaves the unionid out: the application isn't joined with others. */
  noUnion: boolean;
}

export function noIdentityFaults(): IdentityFaults {
  return {
    error: null,
    wrongState: false,
    otherApp: false,
    status500: false,
    noJson: false,
    jsonp: false,
    noUnion: false,
  };
}

/** The same name is the same person, now and after a restart. 64 hex digits. */
export function personOf(...parts: string[]): string {
  return createHash('sha256').update(parts.join('\0')).digest('hex');
}

export function randomText(): string {
  return randomBytes(24).toString('base64url');
}

/** Posts `name` and `action` ("agree" or "deny") to `action`; `ticket` proves that the form is one of ours. */
export function whoForm(form: { app: string; action: string; ticket: string; name: string }): string {
  return `<h1>登录并授权 <small lang="en">Sign in and agree</small></h1>
<p><code>${escaped(form.app)}</code> 想知道您是谁。<br><small lang="en">It wants to know who you are.</small></p>
<form class="who" method="post" action="${escaped(form.action)}">
<input type="hidden" name="ticket" value="${escaped(form.ticket)}">
<label>昵称 <span lang="en">Nickname</span>
<input name="name" value="${escaped(form.name)}" maxlength="40" required autocomplete="off"></label>
<button name="action" value="agree">同意 <span lang="en">Agree</span></button>
<button name="action" value="deny" class="quiet">拒绝 <span lang="en">Deny</span></button>
</form>`;
}

export const WHO_STYLES = `
form.who { flex-wrap: wrap; }
form.who label { flex: 1 0 100%; }
form.who input { display: block; width: 100%; box-sizing: border-box; padding: 10px; font: inherit; margin-top: 4px; }
`;
