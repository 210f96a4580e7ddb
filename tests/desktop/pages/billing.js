// One page, three views; the address changes without a page load.
"use strict";
customElements.define("discount-code", class extends HTMLElement {
  connectedCallback() {
    this.attachShadow({ mode: "open" }).innerHTML =
      '<input id="discount" aria-label="Rabattkod" autocomplete="off" style="font: inherit; padding: 3px 6px; width: 100%; box-sizing: border-box">';
  }
});

const titles = { "/": "start", "/invoices/new": "new", "/invoices/thanks": "thanks" };
const views = { "/": "home-view", "/invoices/new": "form-view", "/invoices/thanks": "thanks-view" };
const ending = document.documentElement.dataset.ending;

function show() {
  const path = location.pathname;
  document.getElementById("view").replaceChildren(document.getElementById(views[path] ?? "home-view").content.cloneNode(true));
  document.title = { start: "Fakturering", new: "Ny faktura", thanks: "Tack" }[titles[path] ?? "start"] + ending;
  document.getElementById("invoice")?.addEventListener("submit", save);
}

function go(address) {
  history.pushState(null, "", address);
  show();
}

async function save(event) {
  event.preventDefault();
  const form = event.target;
  if (!form.elements["customer-number"].value) {
    form.elements["customer-number"].focus();
    return;
  }
  const fields = Object.fromEntries(new FormData(form));
  fields.discount = document.querySelector("discount-code").shadowRoot.getElementById("discount").value;
  await fetch("/api/invoices", { method: "POST", body: JSON.stringify(fields) });
  go("/invoices/thanks");
}

for (const link of document.querySelectorAll("nav a")) {
  link.addEventListener("click", (event) => { event.preventDefault(); go(link.getAttribute("href")); });
}
addEventListener("popstate", show);
show();
