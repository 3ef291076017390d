// What does not fit on this page: wider than the window, text cut off or outside, controls over each other.
// Evaluated in the page; gives sentences. What scrolls in a frame of its own, and what only screen readers get, fits.
() => {
  const wide = document.documentElement.clientWidth, wrong = [];
  const name = (el) => `<${el.tagName.toLowerCase()} class="${el.getAttribute("class") || ""}"> ${(el.innerText || el.value || el.getAttribute("aria-label") || "").trim().slice(0, 40)}`;
  const styles = new Map();
  const style = (el) => { if (!styles.has(el)) styles.set(el, getComputedStyle(el)); return styles.get(el); };
  const scrolls = (el) => /auto|scroll/.test(style(el).overflowX);
  const clips = (el) => style(el).overflowX !== "visible";
  function parents(el) { const all = []; for (let at = el; at && at !== document.body; at = at.parentElement) all.push(at); return all; }
  function unseen(el) {
    return parents(el).some((at) => { const s = style(at); return s.visibility === "hidden" || s.display === "none" || s.opacity === "0" || (s.position === "absolute" && (s.clip !== "auto" || s.clipPath !== "none")); })
      || el.closest("details:not([open]) > :not(summary), .r-skip, [aria-hidden=true]:not(:has(*)) svg, svg, template, dialog:not([open])") !== null;
  }
  if (document.documentElement.scrollWidth > wide) wrong.push(`the page is ${document.documentElement.scrollWidth - wide} px too wide`);

  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const seen = new Set();
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const el = node.parentElement;
    if (!node.data.trim() || /^(script|style|noscript|option|title)$/i.test(el.tagName) || unseen(el)) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const box = range.getBoundingClientRect();
    if (!box.width) continue;
    const frame = parents(el).find(clips);
    if (!frame && (box.right > wide + 1 || box.left < -1)) wrong.push(`text outside the window: ${name(el)}`);
    if (frame && !scrolls(frame) && !seen.has(frame)) {
      const hole = frame.getBoundingClientRect();
      if (box.right > hole.right + 1 || box.left < hole.left - 1 || box.bottom > hole.bottom + 2 || box.top < hole.top - 2) { seen.add(frame); wrong.push(`text cut off: ${name(el)} in ${name(frame)}`); }
    }
  }
  for (const field of document.querySelectorAll("select, input:not([type=hidden]):not([type=checkbox]):not([type=radio])")) {
    if (!unseen(field) && field.getBoundingClientRect().right > wide + 1 && !parents(field).some(scrolls)) wrong.push(`a field outside the window: ${name(field)}`);
  }

  // What is left of a control inside the frames it scrolls in.
  function shown(el) {
    let { left, top, right, bottom } = el.getBoundingClientRect();
    for (const at of parents(el.parentElement).filter(clips)) {
      const hole = at.getBoundingClientRect();
      left = Math.max(left, hole.left); top = Math.max(top, hole.top); right = Math.min(right, hole.right); bottom = Math.min(bottom, hole.bottom);
    }
    return { el, left, top, right, bottom };
  }
  const controls = [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")].filter((el) => !unseen(el)).map(shown).filter((one) => one.right - one.left > 1 && one.bottom - one.top > 1);
  for (let i = 0; i < controls.length; i++) for (let j = i + 1; j < controls.length; j++) {
    const a = controls[i], b = controls[j];
    if (a.el.contains(b.el) || b.el.contains(a.el)) continue;
    const across = Math.min(a.right, b.right) - Math.max(a.left, b.left), down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    if (across <= 2 || down <= 2) continue;
    // A link broken over two lines takes the rectangle of both: its lines decide.
    const meet = [...a.el.getClientRects()].some((r) => [...b.el.getClientRects()].some((q) => Math.min(r.right, q.right) - Math.max(r.left, q.left) > 2 && Math.min(r.bottom, q.bottom) - Math.max(r.top, q.top) > 2));
    if (meet) wrong.push(`controls over each other: ${name(a.el)} and ${name(b.el)}`);
  }
  return [...new Set(wrong)].slice(0, 12);
}
