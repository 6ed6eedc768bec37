/** A revision that the customer put off for this visit; it is asked again at the next. */

const KEY = 'revision-put-off';

export function putOff(version: string): void {
  try {
    sessionStorage.setItem(KEY, version);
  } catch {
    // Without storage it is asked at each page.
  }
}

export function isPutOff(version: string): boolean {
  try {
    return sessionStorage.getItem(KEY) === version;
  } catch {
    return false;
  }
}
