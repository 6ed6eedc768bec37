/** What one tab knows and the others have to: that a session ended, or that somebody signed in. */

export type Heard = { session: 'ended' | 'begun'; of: 'customer' | 'staff' };

const channel = new BroadcastChannel('cloudpact-session');

export function tellTabs(heard: Heard): void {
  channel.postMessage(heard);
}

export function onOtherTab(hear: (heard: Heard) => void): void {
  channel.addEventListener('message', ({ data }: MessageEvent<Heard>) => hear(data));
}
