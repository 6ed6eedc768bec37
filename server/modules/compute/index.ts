export { instanceView } from './instance-read.ts';
export { type NodeConfig, type NodeEntry, NodesFileError, nodeConfig, readNodes } from './node-config.ts';
export { nodeRegister, nodesRetire, nodesTrouble } from './node-register.ts';
export { subscribe } from './subscribe.ts';
