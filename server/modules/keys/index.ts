export { keyActor, keyCaller, showsKey } from './key-caller.ts';
export { keyLimits } from './key-limits.ts';
export { bodyNotAsSigned } from './rules.ts';
