export { keyActor, keyCaller, showsKey } from './key-caller.ts';
export { keyLimits } from './key-limits.ts';
export { keysForget } from './key-revoke.ts';
export { bodyNotAsSigned } from './rules.ts';
export { subscribe } from './subscribe.ts';
