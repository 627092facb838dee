(function () {
  "use strict";
  var figures = {};
  var config = JSON.parse(document.getElementById("config").textContent);
  function colour(name) { return getComputedStyle(document.documentElement).getPropertyValue(name).trim(); }
  function themed(layout) {
    var copy = JSON.parse(JSON.stringify(layout)), ink = colour("--ink"), line = colour("--line");
    copy.paper_bgcolor = copy.plot_bgcolor = "rgba(0,0,0,0)";
    copy.font = { color: ink, family: getComputedStyle(document.body).fontFamily, size: 12.5 };
    ["xaxis", "yaxis"].forEach(function (axis) {
      copy[axis] = copy[axis] || {};
      copy[axis].gridcolor = line; copy[axis].linecolor = line; copy[axis].zerolinecolor = line;
      copy[axis].fixedrange = true;
    });
    return copy;
  }
  function inked(data) {
    return JSON.parse(JSON.stringify(data)).map(function (trace) {
      ["error_x", "error_y"].forEach(function (e) { if (trace[e]) { trace[e].color = colour("--ink"); } });
      return trace;
    });
  }
  function put(place) {
    var found = figures[place.dataset.figure || place.id];
    if (found) { Plotly.react(place, inked(found.data), themed(found.layout), config); return; }
    if (place.dataset.figure) { Plotly.purge(place); place.textContent = "No design can be here."; }
  }
  function draw() { document.querySelectorAll(".plot").forEach(put); }
  document.querySelectorAll("select[data-plot]").forEach(function (select) {
    select.addEventListener("change", function () {
      var place = document.getElementById(select.dataset.plot), parts = [place.id];
      document.querySelectorAll("select[data-plot]").forEach(function (each) { if (each.dataset.plot === place.id) { parts.push(each.value); } });
      if (!figures[place.dataset.figure]) { place.textContent = ""; }
      place.dataset.figure = parts.join("-");
      put(place);
    });
  });
  function unpacked(id) {
    var bytes = Uint8Array.from(atob(document.getElementById(id).textContent.trim()), function (c) { return c.charCodeAt(0); });
    return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
  }
  if (typeof DecompressionStream === "undefined") {
    document.querySelectorAll(".plot").forEach(function (place) { place.textContent = "This browser cannot draw the figure; its numbers stand in the tables."; });
  } else {
    Promise.all([unpacked("plotly"), unpacked("figures")]).then(function (texts) {
      var library = document.createElement("script");
      library.textContent = texts[0];
      figures = JSON.parse(texts[1]);
      document.head.appendChild(library);
      draw();
      window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
    });
  }

  function cells(row) { return Array.prototype.map.call(row.cells, function (c) { return (c.dataset.copy || c.innerText).trim(); }); }
  // names are text in what is copied, as in files of ours
  var latex = { "\\": "\\textbackslash{}", "^": "\\textasciicircum{}", "~": "\\textasciitilde{}", "<": "\\textless{}", ">": "\\textgreater{}", "|": "\\textbar{}", "[": "{[}", "]": "{]}", "*": "{*}" };
  var escaped = {
    CSV: function (c) { return '"' + (/^[=+\-@]/.test(c) && isNaN(Number(c)) ? "'" + c : c).replace(/"/g, '""') + '"'; },
    Markdown: function (c) {
      return c.replace(/[\\`*|<>&~$\[\]]|:(?=\/\/)/g, "\\$&").replace(/www\./gi, function (m) { return m.slice(0, 3) + "\\."; })
        .replace(/(^|\W)_|_(?=\W|$)/g, function (m) { return m.slice(0, -1) + "\\_"; });
    },
    LaTeX: function (c) { return c.replace(/[\\^~<>|\[\]*{}_%&#$]/g, function (m) { return latex[m] || "\\" + m; }); }
  };
  function rowsIn(format, rows) { return rows.map(function (r) { return r.map(function (c) { return escaped[format](c.replace(/\s+/g, " ")); }); }); }
  var join = {
    CSV: function (rows) { return rowsIn("CSV", rows).map(function (r) { return r.join(","); }).join("\n"); },
    Markdown: function (rows) { return rowsIn("Markdown", rows).map(function (r, i) { var l = "| " + r.join(" | ") + " |"; return i ? l : l + "\n|" + r.map(function () { return "---"; }).join("|") + "|"; }).join("\n"); },
    LaTeX: function (rows) { return rowsIn("LaTeX", rows).map(function (r) { return r.join(" & ") + " \\\\"; }).join("\n"); }
  };
  document.querySelectorAll("[data-copy-table]").forEach(function (button) {
    button.addEventListener("click", function () {
      var table = document.getElementById(button.dataset.copyTable);
      var text = join[button.dataset.format](Array.prototype.map.call(table.rows, cells));
      function done() { var old = button.textContent; button.textContent = "copied"; setTimeout(function () { button.textContent = old; }, 1200); }
      function fallback() { var area = document.createElement("textarea"); area.value = text; document.body.appendChild(area); area.select(); document.execCommand("copy"); area.remove(); done(); }
      if (navigator.clipboard && window.isSecureContext) { navigator.clipboard.writeText(text).then(done, fallback); } else { fallback(); }
    });
  });
  function order(table, place, down) {
    function key(row) { var c = row.cells[place]; return c.dataset.sort !== undefined ? Number(c.dataset.sort) : c.innerText.trim(); }
    var body = table.tBodies[0], rows = Array.prototype.slice.call(body.rows);
    rows.sort(function (a, b) {
      var x = key(a), y = key(b);
      var sign = typeof x === "number" && typeof y === "number" ? x - y : String(x).localeCompare(String(y), "en", { numeric: true });
      return down ? -sign : sign;
    });
    rows.forEach(function (row) { body.appendChild(row); });
  }
  document.querySelectorAll("table.sortable").forEach(function (table) {
    var heads = Array.prototype.slice.call(table.tHead.rows[0].cells);
    heads.forEach(function (head, place) {
      var button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent;
      head.textContent = "";
      head.appendChild(button);
      button.addEventListener("click", function () {
        var down = head.getAttribute("aria-sort") === "ascending";
        heads.forEach(function (other) { other.removeAttribute("aria-sort"); });
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        order(table, place, down);
      });
    });
  });
  var search = document.getElementById("search");
  if (search) {
    search.addEventListener("input", function () {
      var wanted = search.value.toLowerCase();
      document.querySelectorAll("#numbers tbody tr").forEach(function (row) { row.hidden = row.textContent.toLowerCase().indexOf(wanted) < 0; });
    });
  }
}());
