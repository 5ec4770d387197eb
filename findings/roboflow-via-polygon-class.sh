#!/usr/bin/env bash
# Package: @roboflow/annotation 1.0.150, reading a project of the VGG Image Annotator (VIA).
# Behaviour: a polygon with two attributes loses its class; a rectangle with the very same attributes keeps it.
# One would guess: the class of a region does not hang on its shape.
# Seen: rectangles take the first attribute (`run`); polygons take an attribute only if it is the only one, else they
# are of the class `object`. Circles, ellipses and points are left out and not counted.
# Matters for: outlines of actors labelled with an action and a role arrive as one class that nobody labelled.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts @roboflow/annotation@1.0.150

cat >show.cjs <<'JS'
const Annotation = require('@roboflow/annotation');

const rectangle = { name: 'rect', x: 10, y: 10, width: 20, height: 20 };
const polygon = { name: 'polygon', all_points_x: [10, 30, 30, 10], all_points_y: [10, 10, 30, 30] };
const circle = { name: 'circle', cx: 20, cy: 20, r: 10 };
const classes = (shape, attributes) => {
  const region = { shape_attributes: { ...shape }, region_attributes: attributes };
  const project = {
    'frame.jpg1': { filename: 'frame.jpg', size: 1, file_attributes: {}, regions: [region] },
  };
  return (
    Annotation.parseVIA(project)[0]
      .converted.boxes.map((box) => box.label)
      .join() || 'no box'
  );
};
for (const attributes of [{ action: 'run' }, { action: 'run', role: 'keeper' }]) {
  const row = [rectangle, polygon, circle].map((shape) => `${shape.name}: ${classes(shape, attributes)}`);
  console.log(JSON.stringify(attributes), row.join(', '));
}
JS
node show.cjs | tee seen.txt

diff - seen.txt <<'SEEN'
{"action":"run"} rect: run, polygon: run, circle: no box
{"action":"run","role":"keeper"} rect: run, polygon: object, circle: no box
SEEN
