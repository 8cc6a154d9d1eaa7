/** Updates the sandbox's pages live. Links and forms also work without it. */

const content = document.getElementById('content');
const live = document.getElementById('live');
let events;
let isLoading = false;
let isStale = false;

// The server writes times in its own time zone.
function localize(root) {
  for (const time of root.querySelectorAll('time')) {
    const date = new Date(time.dateTime);
    time.textContent = date.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
    time.title = date.toLocaleString();
  }
}

// Changes only what differs, so that screen readers announce nothing twice and nothing loses its scroll position.
function update(old, fresh) {
  if (old.isEqualNode(fresh)) return;
  if (old.nodeType !== 1 || old.nodeName !== fresh.nodeName) return old.replaceWith(fresh);
  for (const { name } of [...old.attributes]) {
    // Keeps details open that the reader has opened.
    if (!fresh.hasAttribute(name) && name !== 'open') old.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) {
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  const ids = new Set([...fresh.children].map(({ id }) => id));
  for (const child of [...old.children]) if (child.id && !ids.has(child.id)) child.remove();
  let next = old.firstChild;
  for (const child of [...fresh.childNodes]) {
    const known = child.id
      ? [...old.children].find(({ id }) => id === child.id)
      : next && !next.id && next.nodeName === child.nodeName && next;
    if (!known) {
      old.insertBefore(child, next);
      continue;
    }
    if (known === next) next = next.nextSibling;
    else old.insertBefore(known, next);
    update(known, child);
  }
  while (next) {
    const { nextSibling } = next;
    next.remove();
    next = nextSibling;
  }
}

async function refresh() {
  isStale = true;
  if (isLoading) return;
  isLoading = true;
  while (isStale) {
    isStale = false;
    try {
      const response = await fetch(location.pathname);
      // Too many pages are unread.
      if (response.status === 503) setTimeout(refresh, 1000);
      if (!response.ok) continue;
      const page = new DOMParser().parseFromString(await response.text(), 'text/html');
      const { activeElement } = document;
      const log = activeElement?.closest('[role=log]');
      localize(page);
      update(content, page.getElementById('content'));
      document.title = page.title;
      if (activeElement !== document.activeElement) {
        (activeElement.isConnected ? activeElement : log)?.focus({ preventScroll: true });
      }
    } catch {
      // The server is down. Once it is back, the event stream reconnects and loads the page again.
    }
  }
  isLoading = false;
}

function connect() {
  events?.close();
  // A browser opens few connections to one server, so hidden pages release theirs.
  if (document.hidden) return;
  events = new EventSource(content.dataset.events);
  events.onopen = () => {
    live.textContent = 'Live';
    live.classList.remove('broken');
    refresh();
  };
  events.onmessage = refresh;
  events.onerror = ({ target }) => {
    live.textContent = 'Reconnecting…';
    live.classList.add('broken');
    if (target.readyState === EventSource.CLOSED) setTimeout(() => events === target && connect(), 3000);
  };
}

document.addEventListener('submit', async (event) => {
  event.preventDefault();
  const { target, submitter } = event;
  const body = new URLSearchParams([[submitter.name, submitter.value]]);
  await fetch(target.action, { method: 'POST', body }).catch(() => {});
  refresh();
});
document.addEventListener('visibilitychange', connect);
localize(document);
connect();
