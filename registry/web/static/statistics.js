/* Charts drawn from the tables beside them. Without this file the tables say the same. */
(function () {
  "use strict";
  if (!window.echarts) return;
  var style = getComputedStyle(document.documentElement);
  function token(name, otherwise) { return style.getPropertyValue(name).trim() || otherwise; }
  var ink = token("--r-ink-2", "#4a5565");
  var colours = [token("--r-blue", "#164a8c"), "#b45309", "#b42318", "#1f7a4d", "#6b4fa0", "#0e7490"];
  var calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;

  function read(table, skip) {
    var names = Array.prototype.map.call(table.tHead.rows[0].cells, function (cell) { return cell.textContent.trim(); });
    var rows = Array.prototype.slice.call(table.tBodies[0].rows);
    return {
      labels: rows.map(function (row) { return row.cells[0].textContent.trim(); }),
      series: names.slice(1 + skip).map(function (name, at) {
        return { name: name, data: rows.map(function (row) { return Number(row.cells[at + 1 + skip].dataset.value); }) };
      })
    };
  }

  function options(kind, found) {
    var lines = kind === "line";
    return {
      animation: !calm,
      color: colours,
      textStyle: { fontFamily: style.fontFamily || "sans-serif" },
      /* Drawn in the canvas: markup with style attributes is refused by the page's security policy. */
      tooltip: { trigger: "axis", renderMode: "richText", confine: true },
      legend: { type: "scroll", top: 0, textStyle: { color: ink } },
      grid: { left: 8, right: 16, top: 44, bottom: 8, containLabel: true },
      xAxis: { type: "category", data: found.labels, axisLabel: { color: ink, hideOverlap: true } },
      yAxis: { type: "value", minInterval: lines ? 0 : 1, axisLabel: { color: ink } },
      series: found.series.map(function (one) {
        return {
          name: one.name, data: one.data, type: lines ? "line" : "bar", stack: kind === "stacked" ? "all" : undefined,
          barMaxWidth: 44, symbolSize: 7, lineStyle: { width: 2.5 }
        };
      })
    };
  }

  Array.prototype.forEach.call(document.querySelectorAll("[data-chart]"), function (place) {
    var table = document.getElementById(place.dataset.table);
    if (!table) return;
    place.hidden = false;
    /* The table beside it says everything: people who do not see the chart miss nothing. */
    place.setAttribute("aria-hidden", "true");
    var chart = window.echarts.init(place, null, { renderer: "canvas" });
    chart.setOption(options(place.dataset.chart, read(table, Number(place.dataset.skip || 0))));
    new ResizeObserver(function () { chart.resize(); }).observe(place);
  });
})();
