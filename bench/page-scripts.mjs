// What runs inside the browser's tabs. Each function is sent as text: it sees the page and its arguments, nothing here.

/** Sends that many random bytes through a pipe's relay; resolves to the seconds until the other tab has them. */
export async function sendThroughPipe(url, totalBytes) {
  const message = new Uint8Array(256 * 1024);
  for (let at = 0; at < message.length; at += 65536) crypto.getRandomValues(message.subarray(at, at + 65536));
  const socket = new WebSocket(url);
  const heard = () => new Promise((resolve) => socket.addEventListener('message', resolve, { once: true }));
  await heard();
  const all = heard();
  const startMs = performance.now();
  for (let sent = 0; sent < totalBytes; sent += message.length) {
    while (socket.bufferedAmount >= 4 * 2 ** 20) await new Promise((resolve) => setTimeout(resolve, 1));
    socket.send(message);
  }
  await all;
  const seconds = (performance.now() - startMs) / 1000;
  socket.close();
  return seconds;
}

/** Counts what comes through the pipe, and says so to the sender when all is there. */
export function receiveThroughPipe(url, totalBytes) {
  const socket = new WebSocket(url);
  socket.binaryType = 'arraybuffer';
  let received = 0;
  socket.onmessage = ({ data }) => {
    if (typeof data === 'string') return;
    received += data.byteLength;
    if (received >= totalBytes) socket.send('all');
  };
  return new Promise((resolve) => {
    socket.onclose = resolve;
  });
}

/** Waits until the page is there, and makes it tell what it shows. */
export async function preparePage() {
  const isNamed = (element, name) => {
    const labels = [...(element.labels ?? [])].map(({ textContent }) => textContent.trim());
    if (labels.some((label) => label.startsWith(name))) return true;
    return (element.getAttribute('aria-label') ?? element.textContent.trim()) === name;
  };
  const page = {
    find(selector, name) {
      return [...document.querySelectorAll(selector)].find((element) => isNamed(element, name));
    },
    /** Resolves to what `look` returns once it returns something. */
    until(look) {
      return new Promise((resolve, reject) => {
        const attempt = () => {
          const alert = document.querySelector('[role=alert]');
          const seen = look();
          if (!seen && alert === null) return;
          observer.disconnect();
          if (seen) resolve(seen);
          else reject(new Error(`the page says: ${alert.textContent}`));
        };
        const observer = new MutationObserver(attempt);
        observer.observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
        attempt();
      });
    },
  };
  window.benchPage = page;
  await page.until(() => page.find('input[type=file]', 'Choose files'));
}

/** Notes how long the page's thread is blocked from here on; the browser tells of what takes 50 ms or longer. */
export function watchBlocks() {
  const page = window.benchPage;
  page.longestBlockMs = 0;
  const note = ({ duration }) => {
    page.longestBlockMs = Math.max(page.longestBlockMs, duration);
  };
  new PerformanceObserver((list) => list.getEntries().forEach(note)).observe({ type: 'longtask' });
}

export function fileInput() {
  return window.benchPage.find('input[type=file]', 'Choose files');
}

/** The code that the sending page shows. */
export async function shownCode() {
  const page = window.benchPage;
  return (await page.until(() => page.find('output', 'Code')?.textContent)).trim();
}

/** Enters the code, and chooses the browser's storage in the review that follows. */
export async function reviewInBrowser(code) {
  const page = window.benchPage;
  const field = page.find('input', 'Have a code?');
  field.value = code;
  field.dispatchEvent(new Event('input', { bubbles: true }));
  (await page.until(() => page.find('button:enabled', 'Receive'))).click();
  (await page.until(() => page.find('input[type=radio]', 'This browser first'))).click();
  await page.until(() => page.find('button:enabled', 'Accept'));
}

export function accept() {
  window.benchPage.find('button', 'Accept').click();
}

/** Waits for the heading that ends so. */
export async function untilHeading(end) {
  await window.benchPage.until(() => document.querySelector('h1')?.textContent.trim().endsWith(end));
}

export function longestBlockMs() {
  return window.benchPage.longestBlockMs;
}

/** Notes when the first screen can be used: its file input is there, and the page's thread answers within a frame. */
export function watchFirstScreen() {
  let longestTaskMs = 0;
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) longestTaskMs = Math.max(longestTaskMs, duration);
  }).observe({ type: 'longtask', buffered: true });
  const look = () => {
    if (document.querySelector('input[type=file]') === null) return;
    observer.disconnect();
    requestAnimationFrame(() =>
      setTimeout(() => {
        window.firstScreen = { usableMs: performance.now(), longestTaskMs };
      }),
    );
  };
  const observer = new MutationObserver(look);
  observer.observe(document, { subtree: true, childList: true });
}

/** What was noted; null before. */
export function firstScreen() {
  return window.firstScreen ?? null;
}

/** Enters the code and does with its list what a person does; the longest task and the rows of each step. */
export async function lookThroughList(code, entries) {
  const page = window.benchPage;
  const region = () => page.find('section', 'What is offered');
  const boxes = () => region().querySelectorAll('input[type=checkbox]');
  const steps = [];
  const step = async (name, act) => {
    page.longestBlockMs = 0;
    await act();
    // The browser tells of a task after it.
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const rows = document.querySelectorAll('li').length;
    steps.push({ step: name, longestTaskMs: page.longestBlockMs, rows });
  };
  const set = (element, value, event) => {
    element.value = value;
    element.dispatchEvent(new Event(event, { bubbles: true }));
  };
  await step('comes and is sorted', async () => {
    set(page.find('input', 'Have a code?'), code, 'input');
    (await page.until(() => page.find('button:enabled', 'Receive'))).click();
    await page.until(() => page.find('input[type=search]:enabled', 'Find by name'));
  });
  const search = page.find('input[type=search]', 'Find by name');
  const count = () => document.querySelector('main').textContent;
  await step('a folder unticked', async () => boxes()[1].click());
  await step('none, and one folder', async () => {
    page.find('button', 'Choose all').click();
    await page.until(() => page.find('button', 'Choose none'));
    page.find('button', 'Choose none').click();
    await page.until(() => page.find('button', 'Choose all'));
    boxes()[1].click();
  });
  await step('folders opened', async () => {
    for (let i = 0; i < 5; i++) region().querySelectorAll('button[aria-expanded=false]')[0].click();
  });
  await step('looked for', async () => {
    set(search, 'file 7', 'input');
    await page.until(() => count().includes('Found:'));
  });
  await step('all of it by size', async () => {
    set(search, '', 'input');
    set(page.find('select', 'Sort by'), 'size', 'change');
    await page.until(() => Number(region().querySelector('li').getAttribute('aria-setsize')) === entries);
  });
  await step('scrolled', async () => {
    for (let i = 1; i <= 50; i++) {
      region().scrollTop = i * 1000;
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
  });
  return steps;
}
