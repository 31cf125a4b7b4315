// A slider beside a number field: each follows the other; a field with a message says so to assistive software.
"use strict";
(function () {
  const sliderOf = (field) => document.querySelector(`[data-slides="${CSS.escape(field.id)}"]`);

  document.addEventListener("input", (event) => {
    const slider = event.target.closest("[data-slides]");
    if (slider) {
      document.getElementById(slider.dataset.slides).value = slider.value;
    } else if (event.target.matches(".settings input.number")) {
      const partner = sliderOf(event.target);
      if (partner && event.target.value.trim() !== "") partner.value = event.target.value.replace(",", ".");
    }
  });

  document.addEventListener("htmx:afterSettle", () => {
    for (const wrong of document.querySelectorAll(".settings .wrong")) {
      const field = document.getElementById(`i-${wrong.id.slice(2)}`);
      if (!field) continue;
      if (wrong.textContent.trim()) field.setAttribute("aria-invalid", "true");
      else field.removeAttribute("aria-invalid");
    }
  });
})();
