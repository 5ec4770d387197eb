// Public names of backbone/quantise/.
export { quantise, type QuantisedNetwork, type QuantiseOptions } from './quantise.js';
export { leanFloat } from './leanFloat.js';
export { floatModelOf } from './floatModel.js';
export { pooledCosine } from './agreement.js';
