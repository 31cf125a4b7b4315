// Keyboard: "/" searches, "g" then a letter goes to a place, "?" lists the keys. Arrow keys walk a status matrix.
"use strict";
(function () {
  let waiting = false;
  const typing = (target) => target.closest("input, select, textarea, [contenteditable]");

  function go(letter) {
    const link = document.querySelector(`.rail a[data-key="${CSS.escape(letter)}"]`);
    if (link) link.click();
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (waiting) { waiting = false; go(event.key.toLowerCase()); return; }
    if (event.key === "g") { waiting = true; setTimeout(() => { waiting = false; }, 1500); }
    else if (event.key === "/") {
      const search = document.querySelector(".search input");
      if (search) { event.preventDefault(); search.focus(); }
    } else if (event.key === "?") {
      const keys = document.getElementById("keys");
      if (keys) keys.open ? keys.close() : keys.showModal();
    } else if (event.key.startsWith("Arrow")) walk(event);
  });

  function walk(event) {
    const cell = event.target.closest(".matrix td, .matrix th");
    if (!cell) return;
    const row = cell.parentElement, index = [...row.children].indexOf(cell);
    const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
    let next = cell;
    for (let tries = 0; tries < 60; tries++) {
      const nextRow = step[0] === 0 ? next.parentElement : step[0] > 0 ? next.parentElement.nextElementSibling : next.parentElement.previousElementSibling;
      next = nextRow && nextRow.children[step[0] === 0 ? [...nextRow.children].indexOf(next) + step[1] : index];
      if (!next) return;
      const link = next.querySelector("a");
      if (link) { event.preventDefault(); link.focus(); return; }
    }
  }

  document.addEventListener("click", (event) => {
    const menu = event.target.closest("[data-menu]");
    if (menu) document.querySelector(".rail").classList.toggle("open");
    const print = event.target.closest("[data-print]");
    if (print) window.print();
    const dialog = event.target.closest("[data-close]");
    if (dialog) dialog.closest("dialog").close();
  });

  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-submit]")) event.target.form.requestSubmit();
  });
})();
