import { expect, test } from 'vitest';
import { canvasOf, FONT, newCanvas } from '../../src/video/canvas.js';

test('text is drawn in a font of our own, whatever the system has', () => {
  const { brush } = newCanvas({ width: 80, height: 24 });
  brush.fillStyle = '#fff';
  brush.font = `16px "${FONT}"`;
  brush.fillText('when', 4, 18);
  const lit = brush.getImageData(0, 0, 80, 24).data.filter((value, i) => i % 4 === 3 && value > 128).length;
  expect(lit).toBeGreaterThan(60);
  brush.font = `bold 16px "${FONT}"`;
  const bold = brush.measureText('when').width;
  brush.font = `16px "${FONT}"`;
  expect(bold).toBeGreaterThan(brush.measureText('when').width);
});

test('a canvas shows the RGB bytes that it is made of', () => {
  const rgb = Uint8Array.from([255, 0, 0, 0, 128, 0, 1, 2, 3, 255, 255, 255]);
  const picture = canvasOf(rgb, { width: 2, height: 2 }).getContext('2d').getImageData(0, 0, 2, 2).data;
  expect([...picture]).toEqual([255, 0, 0, 255, 0, 128, 0, 255, 1, 2, 3, 255, 255, 255, 255, 255]);
});
