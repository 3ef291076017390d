/* Uploads with a progress bar: the same form, the same answers as without JavaScript.
   A redirect is followed; an answer that is a page with errors takes the place of this one. */
(function () {
  "use strict";

  function size(bytes) {
    return bytes < 1048576 ? Math.max(1, Math.round(bytes / 1024)) + " KB" : (bytes / 1048576).toFixed(1) + " MB";
  }

  /* What is wrong with a file, before it is sent; "" if nothing is. */
  function refusal(input, file) {
    var fill = function (text) { return text.replace("{name}", file.name).replace("{size}", size(file.size)); };
    var kinds = (input.accept || "").split(",").filter(function (kind) { return kind.charAt(0) === "."; });
    var fits = !kinds.length || kinds.some(function (kind) {
      return file.name.toLowerCase().endsWith(kind.trim().toLowerCase());
    });
    if (!fits) return fill(input.dataset.wrong);
    if (file.size === 0) return fill(input.dataset.empty);
    if (file.size > Number(input.dataset.max)) return fill(input.dataset.tooLarge);
    return "";
  }

  function list(input) {
    var shown = input.closest(".r-file").querySelector(".r-chosen");
    shown.textContent = "";
    var fine = true;
    Array.prototype.forEach.call(input.files, function (file) {
      var wrong = refusal(input, file);
      var item = document.createElement("li");
      item.textContent = wrong || file.name + " (" + size(file.size) + ")";
      if (wrong) { item.className = "r-refused"; fine = false; }
      shown.appendChild(item);
    });
    return fine;
  }

  document.addEventListener("change", function (event) {
    if (event.target.matches(".r-file input[type=file]")) list(event.target);
  });
  ["dragenter", "dragover", "dragleave", "drop"].forEach(function (kind) {
    document.addEventListener(kind, function (event) {
      var area = event.target.closest && event.target.closest("[data-drop]");
      if (!area) return;
      var box = area.querySelector(".r-drop");
      var over = kind === "dragenter" || kind === "dragover";
      box.classList.toggle("r-dragging", over);
      event.preventDefault();
      if (kind !== "drop" || !event.dataTransfer.files.length) return;
      var input = area.querySelector("input[type=file]");
      if (!input.multiple && event.dataTransfer.files.length > 1) {
        var one = new DataTransfer();
        one.items.add(event.dataTransfer.files[0]);
        input.files = one.files;
      } else {
        input.files = event.dataTransfer.files;
      }
      list(input);
    });
  });

  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (!form.matches("form[data-upload]") || event.defaultPrevented) return;
    var panel = form.querySelector("[data-upload-progress]");
    var inputs = Array.prototype.slice.call(form.querySelectorAll(".r-file input[type=file]"));
    if (!panel || !inputs.some(function (input) { return input.files.length; })) return;
    event.preventDefault();
    if (form.dataset.sending) return;
    var fine = inputs.map(list).every(Boolean);
    if (!fine) {
      var bad = form.querySelector(".r-refused");
      bad.closest(".r-file").querySelector("input").focus();
      return;
    }
    send(form, panel, event.submitter);
  });

  function send(form, panel, button) {
    var data = new FormData(form);
    if (button && button.name) data.append(button.name, button.value);
    var text = panel.querySelector(".r-upload-text");
    var bar = panel.querySelector("progress");
    var cancel = panel.querySelector("[data-cancel]");
    var request = new XMLHttpRequest();
    var target = new URL(form.getAttribute("action"), location.href).href;
    form.dataset.sending = "1";
    panel.hidden = false;
    panel.classList.remove("r-failed");
    bar.hidden = cancel.hidden = false;
    bar.value = 0;
    text.textContent = text.dataset.sending.replace("{done}", "0").replace("{all}", "…");

    function stop(message) {
      delete form.dataset.sending;
      bar.hidden = cancel.hidden = true;
      panel.hidden = !message;
      panel.classList.toggle("r-failed", Boolean(message));
      text.textContent = message;
    }
    cancel.onclick = function () { request.abort(); };
    request.upload.onprogress = function (event) {
      if (!event.lengthComputable) return;
      bar.value = (event.loaded / event.total) * 100;
      var message = text.dataset.sending.replace("{done}", size(event.loaded)).replace("{all}", size(event.total));
      if (text.textContent !== message) text.textContent = message;
    };
    request.upload.onload = function () {
      bar.removeAttribute("value");
      text.textContent = text.dataset.checking;
    };
    request.onerror = request.ontimeout = function () { stop(text.dataset.failed); };
    request.onabort = function () { stop(""); };
    request.onload = function () { answered(target, request, stop, text); };
    request.open("POST", target);
    request.setRequestHeader("Accept", "text/html");
    request.setRequestHeader("X-Requested-With", "XMLHttpRequest");
    request.send(data);
  }

  function answered(target, request, stop, text) {
    if (request.status >= 200 && request.status < 300) {
      if (request.responseURL && request.responseURL !== target) {
        location.assign(request.responseURL);
        if (location.href.split("#")[0] === request.responseURL.split("#")[0]) location.reload();
      } else {
        replace(request.responseText, stop, text);
      }
    } else if (request.status === 413) {
      stop(text.dataset.refused);
    } else if (request.status >= 500 || request.status === 0) {
      stop(text.dataset.problem);
    } else {
      replace(request.responseText, stop, text);
    }
  }

  function replace(html, stop, text) {
    var page = new DOMParser().parseFromString(html, "text/html");
    var fresh = page.querySelector("main");
    if (!fresh) { stop(text.dataset.problem); return; }
    document.querySelector("main").replaceWith(document.adoptNode(fresh));
    document.title = page.title;
    if (window.htmx) window.htmx.process(fresh);
    if (window.registryPage) window.registryPage.enhance(fresh);
    window.scrollTo(0, 0);
  }
})();
