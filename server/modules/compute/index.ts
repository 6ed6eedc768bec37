export { type InstanceView, instancesShown, instanceView, isSsh } from './instance-read.ts';
export { freePorts, mappingAdd, mappingRemove } from './mapping.ts';
export { metrics, WINDOWS } from './metrics.ts';
export { type NodeConfig, type NodeEntry, NodesFileError, nodeConfig, readNodes } from './node-config.ts';
export { nodeRegister, nodesRetire, nodesTrouble } from './node-register.ts';
export { instancePower } from './power.ts';
export { notRunning } from './rules.ts';
export { stepsOf } from './step-record.ts';
export { subscribe } from './subscribe.ts';
