// Tells the tests' own server where the elements of this page are on the screen, and what happens to them. No part of the product.
"use strict";
(() => {
  // What a mouse event says beats what the window's sizes let one guess.
  let origin = null;
  addEventListener("mousemove", (event) => {
    origin = { x: event.screenX - event.clientX, y: event.screenY - event.clientY, at: `${screenX},${screenY}` };
  }, true);

  function corner() {
    if (origin && origin.at === `${screenX},${screenY}`) return origin;
    const border = (outerWidth - innerWidth) / 2;
    return { x: screenX + border, y: screenY + (outerHeight - innerHeight) - border };
  }

  function* named(root) {
    for (const element of root.querySelectorAll("*")) {
      if (element.id && element.type !== "hidden") yield element;
      if (element.shadowRoot) yield* named(element.shadowRoot);
    }
  }

  function boxes() {
    const { x, y } = corner();
    const found = {};
    for (const element of named(document)) {
      const box = element.getBoundingClientRect();
      if (box.width && box.height) found[element.id] = [box.x + x, box.y + y, box.width, box.height].map(Math.round);
    }
    return found;
  }

  let number = 0;
  const page = Math.random().toString(36).slice(2);
  const loaded = performance.timeOrigin;
  function send(what) {
    number += 1;
    navigator.sendBeacon("/report", JSON.stringify({ page, loaded, number, path: location.pathname, ...what }));
  }

  let last = "";
  let shown = "";
  let shownAt = 0;
  function look() {
    const view = location.pathname;
    if (view !== shown) { shown = view; shownAt = performance.timeOrigin + performance.now(); }
    const now = JSON.stringify([view, document.visibilityState, boxes()]);
    if (now === last) return;
    last = now;
    send({ kind: "boxes", boxes: boxes(), shown: shownAt });
  }
  addEventListener("DOMContentLoaded", look);
  setInterval(look, 50);

  for (const kind of ["focusin", "focusout", "input", "change", "copy", "cut", "paste", "click", "submit"]) {
    addEventListener(kind, (event) => {
      const target = event.composedPath()[0];
      const value = target instanceof HTMLElement && "value" in target && target.type !== "password" ? target.value : null;
      send({
        kind: "event", event: kind, element: target.id || "", at: performance.timeOrigin + event.timeStamp,
        value, checked: target.checked ?? null, trusted: event.isTrusted, length: (target.value ?? "").length,
      });
    }, true);
  }
})();
