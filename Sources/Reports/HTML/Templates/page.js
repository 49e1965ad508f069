'use strict';
(() => {
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  document.documentElement.classList.add('js');

  // Remediation that can be copied: the button comes when a card is first unfolded.
  const copy = async (source, button) => {
    const text = [...source.childNodes].filter((node) => node !== button).map((node) => node.textContent).join('');
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = 'copied';
    } catch {
      getSelection().selectAllChildren(source);
      button.textContent = 'press Ctrl+C';
    }
    setTimeout(() => { button.textContent = 'copy'; }, 1500);
  };
  const addButtons = (details) => {
    for (const source of all('.copy', details)) {
      if (source.querySelector('button')) continue;
      const button = document.createElement('button');
      button.type = 'button';
      button.className = 'copied';
      button.textContent = 'copy';
      button.addEventListener('click', () => copy(source, button));
      source.prepend(button);
    }
  };
  document.addEventListener('toggle', (event) => {
    if (event.target.open && event.target.matches?.('.group')) addButtons(event.target);
  }, true);
  all('details.group[open]').forEach(addButtons);

  // A link to a folded card unfolds it.
  const reveal = () => {
    const target = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    for (let node = target; node; node = node.parentElement) if (node.matches('details')) node.open = true;
    if (target) target.scrollIntoView();
  };
  addEventListener('hashchange', reveal);
  reveal();

  // All that is meant for paper is unfolded while the page is printed.
  let unfolded = [];
  addEventListener('beforeprint', () => {
    unfolded = all('details.print:not([open])').filter((details) => !details.hidden);
    for (const details of unfolded) details.open = true;
  });
  addEventListener('afterprint', () => { for (const details of unfolded) details.open = false; });

  const form = document.querySelector('.filters');
  if (!form) return;
  const items = all('.item');
  const folds = all('.fold').filter((fold) => fold.querySelector('.item'));
  const search = form.querySelector('input');
  const output = form.querySelector('output');
  const texts = new Map();
  const text = (node) => {
    if (!texts.has(node)) texts.set(node, node.textContent.toLowerCase());
    return texts.get(node);
  };
  const unfoldedBySearch = new Set();

  const apply = () => {
    const query = search.value.trim().toLowerCase();
    const severities = new Set(all('[aria-pressed="true"]', form).map((button) => button.dataset.filterSeverity));
    const wanted = all('select', form).map((select) => [select.dataset.filter, select.value]).filter(([, value]) => value);
    const shown = [];
    for (const item of items) {
      const fits = (!item.dataset.s || severities.has(item.dataset.s))
        && wanted.every(([key, value]) => item.dataset[key] === value)
        && (!query || text(item).includes(query));
      item.hidden = !fits;
      if (fits) shown.push(item);
    }
    for (const fold of folds) fold.hidden = !fold.querySelector('.item:not([hidden])');
    for (const item of shown.filter((item) => item.matches('.group'))) {
      const inHead = !query || text(item.querySelector('summary')).includes(query);
      const rows = all('.row', item);
      const fitting = inHead ? rows : rows.filter((row) => text(row).includes(query));
      for (const row of rows) row.hidden = fitting.length > 0 && !inHead && !text(row).includes(query);
    }
    for (const details of unfoldedBySearch) details.open = false;
    unfoldedBySearch.clear();
    if (query && shown.length <= 25) {
      for (const item of shown) {
        for (const details of [item.closest('details'), ...all('.rest', item)]) {
          if (!details || details.open) continue;
          details.open = true;
          unfoldedBySearch.add(details);
        }
      }
    }
    output.textContent = shown.length === items.length ? `${items.length} entries` : `${shown.length} of ${items.length} entries`;
  };

  let timer;
  search.addEventListener('input', () => { clearTimeout(timer); timer = setTimeout(apply, 120); });
  form.addEventListener('submit', (event) => event.preventDefault());
  form.addEventListener('change', apply);
  form.addEventListener('click', (event) => {
    const { filterSeverity, do: action } = event.target.dataset;
    if (filterSeverity) {
      event.target.setAttribute('aria-pressed', String(event.target.getAttribute('aria-pressed') !== 'true'));
      apply();
    } else if (action) {
      for (const details of all('details.group, details.fold')) if (!details.hidden) details.open = action === 'open';
    }
  });
  apply();
})();
