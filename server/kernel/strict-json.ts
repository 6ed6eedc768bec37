/** Deeper than any body of ours, and far from what a parser's stack bears. */
export const MAX_DEPTH = 32;

export class JsonError extends Error {}

/**
 * Reads JSON (RFC 8259) of which every reader makes the same: refuses a member that stands twice (§4 leaves open which
 * one holds), members that reach into prototypes, and nesting beyond MAX_DEPTH. Linear in the length of the text.
 *
 * @throws JsonError
 */
export function parseStrictJson(text: string): unknown {
  checkDepth(text);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new JsonError('not JSON', { cause });
  }
  checkMembers(text);
  return value;
}

// Codes of the marks that structure is made of. Read by code, since thousands of events a second come this way.
const QUOTE = 0x22;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** Before parsing, so that the parser's stack is safe. */
function checkDepth(text: string): void {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const mark = text.charCodeAt(at);
    if (mark === QUOTE) at = endOfString(text, at + 1);
    else if (mark === OPEN_OBJECT || mark === OPEN_LIST) {
      if (++depth > MAX_DEPTH) throw new JsonError(`deeper than ${MAX_DEPTH}`);
    } else if (mark === CLOSE_OBJECT || mark === CLOSE_LIST) depth--;
  }
}

/** Of text that is known to be JSON: a string in front of a colon is a member's name. */
function checkMembers(text: string): void {
  const open: string[][] = [];
  let [from, end] = [0, 0];
  for (let at = 0; at < text.length; at++) {
    const mark = text.charCodeAt(at);
    if (mark === QUOTE) {
      from = at + 1;
      end = endOfString(text, from);
      at = end;
    } else if (mark === COLON) addMember(open[open.length - 1]!, nameOf(text.slice(from, end)));
    else if (mark === OPEN_OBJECT || mark === OPEN_LIST) open.push([]);
    else if (mark === CLOSE_OBJECT || mark === CLOSE_LIST) open.pop();
  }
}

function nameOf(written: string): string {
  return written.includes('\\') ? (JSON.parse(`"${written}"`) as string) : written;
}

const MANY = 32;
/** The names of an object with many members, which a list would take ever longer to look through. */
const sets = new WeakMap<string[], Set<string>>();

function addMember(members: string[], name: string): void {
  if (name === '__proto__' || name === 'constructor' || name === 'prototype')
    throw new JsonError('a member that is no data');
  if (members.length === MANY) sets.set(members, new Set(members));
  const set = members.length >= MANY ? sets.get(members)! : null;
  if (set ? set.has(name) : members.includes(name)) throw new JsonError('a member that stands twice');
  members.push(name);
  set?.add(name);
}

/** The first quote that isn't escaped: with an even number of backslashes in front of it. */
function endOfString(text: string, from: number): number {
  for (let at = text.indexOf('"', from); at !== -1; at = text.indexOf('"', at + 1)) {
    let backslashes = 0;
    while (at - backslashes > from && text.charCodeAt(at - backslashes - 1) === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return at;
  }
  return text.length;
}
