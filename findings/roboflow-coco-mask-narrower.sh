#!/usr/bin/env bash
# Package: @roboflow/annotation 1.0.150, reading COCO with run-length masks.
# Behaviour: the box of an actor comes from an outline drawn through its mask, not from the box in the file.
# One would guess: the file's own `bbox` is the box; or else the mask's box, which is the same.
# Seen: the outline leaves out the last column of the mask, so each box is one pixel narrower and its centre half a
# pixel to the left. The same annotation without its mask gives the right box.
# Matters for: a small actor (4 x 10 pixels) is left with an IoU of 0.75 against its own annotation.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts @roboflow/annotation@1.0.150

cat >show.cjs <<'JS'
const Annotation = require('@roboflow/annotation');

/** Uncompressed COCO counts: down the columns, beginning with what is not the actor. */
function counts([left, top, width, height], side) {
  const runs = [0];
  let inside = false;
  for (let x = 0; x < side; x++) {
    for (let y = 0; y < side; y++) {
      const is = x >= left && x < left + width && y >= top && y < top + height;
      if (is !== inside) runs.push(0);
      inside = is;
      runs[runs.length - 1]++;
    }
  }
  return runs;
}
function box(bbox, masked) {
  const actor = { id: 1, image_id: 1, category_id: 1, bbox, area: bbox[2] * bbox[3], iscrowd: 0 };
  if (masked) actor.segmentation = { size: [20, 20], counts: counts(bbox, 20) };
  const images = [{ id: 1, file_name: 'frame.jpg', width: 20, height: 20 }];
  const { x, y, width, height } = Annotation.parseCOCO({
    images,
    categories: [{ id: 1, name: 'run' }],
    annotations: [actor],
  })[0].converted.boxes[0];
  return `left ${x - width / 2} top ${y - height / 2} width ${width} height ${height}`;
}
for (const bbox of [
  [3, 2, 10, 10],
  [3, 2, 4, 10],
]) {
  console.log(JSON.stringify(bbox), '| without mask:', box(bbox, false), '| with mask:', box(bbox, true));
}
JS
node show.cjs | tee seen.txt

diff - seen.txt <<'SEEN'
[3,2,10,10] | without mask: left 3 top 2 width 10 height 10 | with mask: left 3 top 2 width 9 height 10
[3,2,4,10] | without mask: left 3 top 2 width 4 height 10 | with mask: left 3 top 2 width 3 height 10
SEEN
