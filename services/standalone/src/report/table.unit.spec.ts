import { expect, it } from 'vitest';
import { formatTable } from './table.js';

it('aligns by the widest cell, counts characters and leaves no trailing blanks', () => {
  const lines = formatTable(
    [
      { title: 'company', align: 'left' },
      { title: 'kept', align: 'right' },
      { title: 'note', align: 'left' },
    ],
    [
      ['Älvklang', '1,204', ''],
      ['B', '7', 'x'],
    ],
  );
  expect(lines).toEqual(['company    kept  note', 'Älvklang  1,204', 'B             7  x']);
});
