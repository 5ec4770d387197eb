#!/usr/bin/env bash
# Package: linear-sum-assignment 1.0.9 (boxes of one frame matched to boxes of the next).
# Behaviour: without options it finds the assignment of the GREATEST sum, and the option is spelled `maximaze`.
# One would guess: as SciPy's function of that name and as the package's own page say, the sum is minimised;
# failing that, `maximize: false` would ask for it.
# Seen: the worst pairs are returned, also with `maximize: false`, which is ignored without a word.
# Matters for: tracks joined by a cost such as 1 - IoU swap identities in every frame.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts linear-sum-assignment@1.0.9

cat >show.mjs <<'JS'
import { linearSumAssignment } from 'linear-sum-assignment';

const cost = [
  [0.1, 0.9],
  [0.9, 0.1],
]; // 1 - IoU: box 0 is box 0, box 1 is box 1
const show = (text, options) =>
  console.log(text, JSON.stringify([...linearSumAssignment(cost, options).rowAssignments]));
show('no options:     ', undefined);
show('maximize: false:', { maximize: false });
show('maximaze: false:', { maximaze: false });
JS
node show.mjs | tee seen.txt

diff - seen.txt <<'SEEN'
no options:      [1,0]
maximize: false: [1,0]
maximaze: false: [0,1]
SEEN
