// Addresses are relative, workers are modules, and the package's own worker is found where it lies.
export default {
  base: './',
  worker: { format: 'es' },
  build: { target: 'es2022' },
  optimizeDeps: { exclude: ['wherewhen'] },
};
