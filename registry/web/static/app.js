/* Progressive parts of every page. Each works on what it finds; without this file every page still works. */
(function () {
  "use strict";
  var root = document.documentElement;
  var words = document.body.dataset;
  root.classList.add("r-js");

  function each(selector, scope, fn) {
    Array.prototype.forEach.call((scope || document).querySelectorAll(selector), fn);
  }

  /* Things to set up in the page, and again in every fragment that arrives. */
  function enhance(scope) {
    each("[data-copy], [data-print], [data-reveal], [data-zoom-in], [data-zoom-out]", scope, function (button) {
      button.hidden = false;
    });
    each("textarea[data-count]", scope, count);
    var focus = scope.querySelector("[data-focus]");
    if (focus) focus.focus();
  }

  function count(area) {
    var left = area.parentNode.querySelector(".r-left");
    if (!left) return;
    var length = Array.from(area.value.trim()).length;
    left.textContent = area.dataset.countText.replace("{n}", String(length));
    left.classList.toggle("r-over-limit", length > Number(area.dataset.count));
  }

  document.addEventListener("input", function (event) {
    if (event.target.matches("textarea[data-count]")) count(event.target);
  });

  /* A form is sent once; the pressed button says that work goes on. Coming back with the back button frees it. */
  document.addEventListener("submit", function (event) {
    var form = event.target;
    var button = event.submitter;
    if (form.dataset.sent) { event.preventDefault(); return; }
    if (form.dataset.confirm && !form.dataset.confirmed && window.HTMLDialogElement) {
      event.preventDefault();
      ask(form.dataset.confirm, function () {
        form.dataset.confirmed = "1";
        form.requestSubmit(button || undefined);
      });
      return;
    }
    if (form.getAttribute("method") !== "post" || form.matches("[data-upload]") || event.defaultPrevented) return;
    form.dataset.sent = "1";
    if (button && button.matches(".btn")) {
      button.setAttribute("aria-disabled", "true");
      button.dataset.label = button.innerHTML;
      /* After this turn: the pressed button's name and value must still be sent. */
      setTimeout(function () { button.textContent = words.working; }, 0);
    }
  });

  function free(form) {
    delete form.dataset.sent;
    delete form.dataset.confirmed;
    each("[aria-disabled][data-label]", form, function (button) {
      button.removeAttribute("aria-disabled");
      button.innerHTML = button.dataset.label;
      delete button.dataset.label;
    });
  }
  window.addEventListener("pageshow", function (event) {
    if (event.persisted) each("form", document, free);
  });
  document.addEventListener("htmx:afterRequest", function (event) {
    var form = event.target.closest && event.target.closest("form");
    if (form) free(form);
  });
  document.addEventListener("htmx:sendError", function () { say(words.lost); });

  function ask(question, yes) {
    var dialog = document.createElement("dialog");
    dialog.className = "r-dialog";
    var text = document.createElement("p");
    text.textContent = question;
    text.id = "r-question";
    dialog.setAttribute("aria-labelledby", text.id);
    var bar = document.createElement("div");
    bar.className = "r-actions";
    [[words.no, "btn", false], [words.yes, "btn btn-primary", true]].forEach(function (choice) {
      var button = document.createElement("button");
      button.type = "button";
      button.className = choice[1];
      button.textContent = choice[0];
      button.addEventListener("click", function () { dialog.close(); if (choice[2]) yes(); });
      bar.appendChild(button);
    });
    dialog.append(text, bar);
    dialog.addEventListener("close", function () { dialog.remove(); });
    document.body.appendChild(dialog);
    dialog.showModal();
  }

  function say(text) {
    var note = document.createElement("div");
    note.className = "r-flash r-note r-tone-red";
    note.setAttribute("role", "alert");
    note.textContent = text;
    var body = document.querySelector(".r-body");
    each(".r-body > .r-said", document, function (old) { old.remove(); });
    note.classList.add("r-said");
    body.insertBefore(note, body.firstChild);
    note.scrollIntoView({ block: "nearest" });
  }

  document.addEventListener("click", function (event) {
    var target = event.target.closest("button, a");
    each("details.r-pop[open]", document, function (menu) {
      if (!menu.contains(event.target)) menu.open = false;
    });
    if (!target) return;
    if (target.matches("[data-copy]")) copy(target);
    else if (target.matches("[data-print]")) window.print();
    else if (target.matches("[data-reveal]")) reveal(target);
    else if (target.matches("[data-zoom-in]")) zoom(target, 1);
    else if (target.matches("[data-zoom-out]")) zoom(target, -1);
    else if (target.matches(".r-row-add")) addRow(event, target);
    else if (target.matches(".r-row-remove")) removeRow(event, target);
  });
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape") return;
    each("details.r-pop[open]", document, function (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    });
  });

  function copy(button) {
    var source = document.getElementById(button.dataset.copy);
    var done = function () {
      var before = button.innerHTML;
      button.textContent = words.copied;
      setTimeout(function () { button.innerHTML = before; }, 1600);
    };
    if (navigator.clipboard && window.isSecureContext) {
      navigator.clipboard.writeText(source.textContent.trim()).then(done, function () { select(source); });
    } else {
      select(source);
      if (document.execCommand("copy")) done();
    }
  }
  function select(node) {
    var range = document.createRange();
    range.selectNodeContents(node);
    window.getSelection().removeAllRanges();
    window.getSelection().addRange(range);
  }

  function reveal(button) {
    var input = document.getElementById(button.dataset.reveal);
    var shown = input.type === "text";
    if (!button.dataset.show) button.dataset.show = button.textContent;
    input.type = shown ? "password" : "text";
    button.textContent = shown ? button.dataset.show : button.dataset.hide;
    input.focus();
  }

  function zoom(button, step) {
    var figure = button.closest("[data-zoom]");
    var level = Math.min(4, Math.max(1, Number(figure.dataset.level || 1) + step));
    figure.dataset.level = String(level);
    [2, 3, 4].forEach(function (n) { figure.classList.toggle("r-zoom-" + n, n === level); });
  }

  /* Rows: the template's number 9999 becomes the next free one. */
  function addRow(event, button) {
    var group = button.closest("[data-rows]");
    var template = group.querySelector("template");
    if (!template) return;
    event.preventDefault();
    var rows = group.querySelectorAll(":scope > .r-row");
    if (rows.length >= Number(group.dataset.max)) return;
    var name = group.dataset.rows;
    var next = 0;
    Array.prototype.forEach.call(rows, function (row) {
      next = Math.max(next, Number(row.id.slice(name.length + 1)) + 1);
    });
    var copy = template.content.firstElementChild.cloneNode(true);
    copy.id = name + "-" + next;
    each("*", copy, function (node) {
      ["id", "for", "name", "value", "aria-describedby", "data-reveal"].forEach(function (attribute) {
        var value = node.getAttribute(attribute);
        if (value) node.setAttribute(attribute, value.split(name + "-9999").join(name + "-" + next));
      });
    });
    group.insertBefore(copy, template);
    renumber(group);
    var first = copy.querySelector("input:not([type=hidden]), select, textarea");
    if (first) first.focus();
  }
  function removeRow(event, button) {
    var group = button.closest("[data-rows]");
    event.preventDefault();
    button.closest(".r-row").remove();
    renumber(group);
    var last = group.querySelector(".r-row-add");
    if (last) last.focus();
  }
  function renumber(group) {
    each(":scope > .r-row .r-row-n", group, function (node, index) { node.textContent = String(index + 1); });
  }

  document.addEventListener("htmx:load", function (event) {
    if (event.target !== document.body) enhance(event.target);
  });
  enhance(document);
  var here = document.querySelector(".r-rolebar [aria-current]");
  if (here) here.parentNode.scrollLeft = here.offsetLeft - 16;
  window.registryPage = { enhance: enhance, free: free, say: say };
})();
