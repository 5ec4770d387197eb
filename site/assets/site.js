// Menu, theme and search of the site. A classic script: pages of a disk may load no modules. The index is a script too.
(function () {
  const root = document.documentElement;
  const menu = document.getElementById('menu');
  const input = document.querySelector('#search input');
  const list = document.querySelector('#search ol');

  menu.addEventListener('click', () => {
    const isOpen = root.classList.toggle('menu-open');
    menu.setAttribute('aria-expanded', String(isOpen));
  });

  document.getElementById('theme').addEventListener('click', () => {
    const isDark = root.dataset.theme
      ? root.dataset.theme === 'dark'
      : matchMedia('(prefers-color-scheme: dark)').matches;
    root.dataset.theme = isDark ? 'light' : 'dark';
    try {
      localStorage.setItem('theme', root.dataset.theme);
    } catch {
      // it lasts as long as the page
    }
  });

  /** The sections that hold all words; those whose heading or page has them come first. */
  function find(query) {
    const words = query.toLowerCase().split(/\s+/).filter(Boolean);
    if (words.length === 0) return [];
    const scored = [];
    for (const row of window.searchIndex || []) {
      const [, page, heading, text] = row.map((part) => part.toLowerCase());
      let score = 0;
      for (const word of words) {
        const gain =
          (heading.includes(word) ? 8 : 0) + (page.includes(word) ? 4 : 0) + (text.includes(word) ? 1 : 0);
        if (gain === 0) {
          score = 0;
          break;
        }
        score += gain;
      }
      if (score > 0) scored.push([score, row]);
    }
    scored.sort((a, b) => b[0] - a[0]);
    return scored.slice(0, 12).map(([, row]) => row);
  }

  /** The words around the first hit. */
  function excerpt(text, query) {
    const at = text.toLowerCase().indexOf(query.toLowerCase().split(/\s+/)[0]);
    const from = Math.max(0, at - 40);
    return (from > 0 ? '… ' : '') + text.slice(from, from + 120) + (from + 120 < text.length ? ' …' : '');
  }

  function show() {
    const rows = find(input.value);
    list.replaceChildren(
      ...rows.map(([href, page, heading, text]) => {
        const link = document.createElement('a');
        link.href = siteRoot + '/' + href;
        const title = document.createElement('strong');
        title.textContent = heading === page ? page : page + ' › ' + heading;
        const said = document.createElement('span');
        said.textContent = excerpt(text, input.value);
        link.append(title, said);
        const item = document.createElement('li');
        item.append(link);
        return item;
      }),
    );
    list.hidden = rows.length === 0;
  }

  input.addEventListener('input', show);
  input.addEventListener('focus', show);
  document.addEventListener('click', ({ target }) => {
    if (!target.closest('#search')) list.hidden = true;
  });
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') list.hidden = true;
    if (event.key === '/' && !/INPUT|TEXTAREA/.test(document.activeElement.tagName)) {
      event.preventDefault();
      input.focus();
    }
  });
  input.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') list.querySelector('a')?.click();
  });
})();
