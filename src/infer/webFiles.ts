// The files of a model for a page, by name: apart from what opens them, so that a page can ask for them before it loads that.

/** The names of the files in a folder that `wherewhen export --web` writes. */
export const webFiles = { description: 'model.json', backbone: 'backbone.onnx', head: 'head.onnx' } as const;
