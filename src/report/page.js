'use strict';
// The page is complete without this: it only lets tables be sorted and filtered.

// What a cell sorts by: its exact value, a number at its start, or its words; "–" is not known.
function sortKey(cell) {
  const text = cell.dataset.v ?? cell.textContent.trim();
  if (text === '' || text === '–') return null;
  const number = parseFloat(text.replace(/^\[/, ''));
  return Number.isNaN(number) ? text : number;
}

function compareKeys(a, b) {
  if (typeof a === typeof b) return typeof a === 'number' ? a - b : a.localeCompare(b, 'en', { numeric: true });
  return typeof a === 'number' ? -1 : 1;
}

// Sorts by a column; what is not known stays last in either direction.
function sortTable(table, column, descending) {
  const body = table.tBodies[0];
  const rows = Array.from(body.rows, (row) => ({ row, key: sortKey(row.cells[column]) }));
  rows.sort((a, b) => {
    if (a.key === null || b.key === null) return (a.key === null) - (b.key === null);
    return descending ? compareKeys(b.key, a.key) : compareKeys(a.key, b.key);
  });
  body.append(...rows.map(({ row }) => row));
}

function makeSortable(table) {
  const heads = Array.from(table.tHead.rows[0].cells);
  heads.forEach((head, column) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = head.textContent;
    head.replaceChildren(button);
    button.addEventListener('click', () => {
      const descending = head.getAttribute('aria-sort') === 'ascending';
      heads.forEach((other) => other.removeAttribute('aria-sort'));
      head.setAttribute('aria-sort', descending ? 'descending' : 'ascending');
      sortTable(table, column, descending);
    });
  });
}

// Shows the rows that hold every word, opens what holds them, and says how many there are.
function filterSection(section, words, status) {
  let shown = 0, all = 0;
  for (const table of section.querySelectorAll('table.data')) {
    for (const row of table.tBodies[0].rows) {
      const text = row.textContent.toLowerCase();
      row.hidden = !words.every((word) => text.includes(word));
      shown += row.hidden ? 0 : 1;
      all += 1;
    }
  }
  if (words.length > 0) {
    for (const folded of section.querySelectorAll('details:not(:has(.filter))')) {
      folded.open = folded.querySelector('tbody tr:not([hidden])') !== null;
    }
  }
  status.textContent = words.length > 0 ? `${shown} of ${all} rows` : '';
}

function makeFilterable(section) {
  const label = document.createElement('label');
  const input = document.createElement('input');
  const status = document.createElement('span');
  const box = document.createElement('div');
  input.type = 'search';
  input.placeholder = 'words, such as: fail he_normal';
  label.append('Filter rows ', input);
  status.setAttribute('role', 'status');
  box.className = 'filter';
  box.append(label, status);
  const heading = section.querySelector('h2');
  (heading.closest('summary') ?? heading).after(box);
  input.addEventListener('input', () => {
    filterSection(section, input.value.toLowerCase().split(/\s+/).filter(Boolean), status);
  });
}

// Opens the section that the address names.
function openTarget() {
  const folded = document.querySelector(`${location.hash || 'nothing'} > details`);
  if (folded) folded.open = true;
}

document.querySelectorAll('table.data').forEach(makeSortable);
document.querySelectorAll('section[data-filter]').forEach(makeFilterable);
window.addEventListener('hashchange', openTarget);
openTarget();
