// The web worker of `openPageModel`: a file of its own, so that a bundler finds it by its address.
import '../runtime/web/webWorker.js';
