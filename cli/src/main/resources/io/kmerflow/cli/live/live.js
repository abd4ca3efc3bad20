// Shows the states that the server sends; every number on the page is from the latest one. Text goes in as text, never as HTML.
(() => {
  'use strict';

  const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#8c6d31', '#7f7f7f'];
  const DASHES = [[], [6, 3], [2, 2], [8, 3, 2, 3]];
  const whole = new Intl.NumberFormat('en-US', {maximumFractionDigits: 0});
  const tenth = new Intl.NumberFormat('en-US', {maximumFractionDigits: 1});
  const short = new Intl.NumberFormat('en-US', {notation: 'compact', maximumFractionDigits: 2});
  const third = value => Number(value.toPrecision(3)).toString();
  const element = id => document.getElementById(id);
  const percent = (part, all) => (all ? (100 * part / all).toFixed(1) : '0.0') + ' %';
  const time = millis => new Date(millis).toLocaleTimeString('en-GB');
  const sum = numbers => numbers.reduce((total, number) => total + number, 0);
  const charts = {};
  let state = null;

  function setText(node, text) {
    if (node.textContent !== text) {
      node.textContent = text;
    }
  }

  // Rows are arrays of cells: text, {number}, or {share}. Nodes are kept, so that focus, selection and scrolling stay.
  function fillRows(body, rows) {
    while (body.rows.length > rows.length) {
      body.deleteRow(-1);
    }
    rows.forEach((cells, r) => {
      const row = body.rows[r] || body.insertRow();
      while (row.cells.length > cells.length) {
        row.deleteCell(-1);
      }
      cells.forEach((cell, c) => {
        let node = row.cells[c];
        if (!node) {
          const head = body.tagName === 'THEAD';
          node = document.createElement(head || c === 0 ? 'th' : 'td');
          if (node.tagName === 'TH') {
            node.scope = head ? 'col' : 'row';
          }
          row.append(node);
        }
        if (cell !== null && cell.share !== undefined) {
          if (!node.firstChild) {
            const meter = document.createElement('meter');
            meter.setAttribute('aria-hidden', 'true'); // the share stands beside it
            node.append(meter);
          }
          node.firstChild.value = cell.share;
        } else {
          const number = cell !== null && cell.number !== undefined;
          node.className = number ? 'n' : '';
          setText(node, number ? cell.number : cell === null ? '–' : cell);
        }
      });
    });
  }

  const number = value => ({number: value === null || value === undefined ? '–' : whole.format(value)});
  const table = (id, rows) => fillRows(element(id).tBodies[0], rows.length ? rows : [['none']]);

  // Vertical lines where a model annotated for the first time, all but the first model.
  const swaps = {
    id: 'swaps',
    afterDatasetsDraw(chart) {
      if (chart.options.scales.x.type !== 'linear' || !state) {
        return;
      }
      const {ctx, chartArea, scales} = chart;
      ctx.save();
      ctx.strokeStyle = ctx.fillStyle = css('--warn');
      ctx.setLineDash([4, 3]);
      ctx.font = '11px system-ui, sans-serif';
      for (const model of state.models.slice(1)) {
        const x = scales.x.getPixelForValue(model.firstMillis);
        if (x >= chartArea.left && x <= chartArea.right) {
          const left = x < (chartArea.left + chartArea.right) / 2;
          ctx.textAlign = left ? 'left' : 'right';
          ctx.fillText(model.name + ' ' + model.version, x + (left ? 4 : -4), chartArea.top + 10);
          ctx.beginPath();
          ctx.moveTo(x, chartArea.top);
          ctx.lineTo(x, chartArea.bottom);
          ctx.stroke();
        }
      }
      ctx.restore();
    }
  };

  const css = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  function options(overTime, title, legend) {
    const axis = {grid: {color: css('--rule')}, ticks: {color: css('--muted')}};
    const x = overTime
      ? {...axis, type: 'linear', bounds: 'data', ticks: {...axis.ticks, maxRotation: 0, maxTicksLimit: 7, callback: time}}
      : {...axis, type: 'category', stacked: true, grid: {display: false}, title: {display: true, text: title, color: css('--muted')}};
    return {
      animation: false, maintainAspectRatio: false, events: ['mousemove', 'mouseout', 'click', 'touchstart'],
      interaction: {mode: 'index', intersect: false},
      plugins: {
        legend: {display: legend, labels: {color: css('--text'), boxHeight: overTime ? 1 : 10, boxWidth: overTime ? 24 : 10}},
        tooltip: overTime ? {callbacks: {title: items => items.length ? time(items[0].parsed.x) : ''}} : {}
      },
      scales: {x, y: {...axis, stacked: !overTime, beginAtZero: true, ticks: {...axis.ticks, callback: value => short.format(value)}}}
    };
  }

  // One chart with its description for screen readers and, while it is open, its table.
  function draw(id, overTime, title, labels, datasets, sentence, heads, rows) {
    const canvas = element(id);
    if (!charts[id]) {
      charts[id] = new Chart(canvas, {
        type: overTime ? 'line' : 'bar', data: {datasets: []}, options: options(overTime, title, datasets.length > 1), plugins: [swaps]
      });
    }
    const chart = charts[id];
    if (labels) {
      chart.data.labels = labels;
    }
    chart.options.plugins.legend.display = datasets.length > 1;
    datasets.forEach((dataset, i) => {
      const kept = chart.data.datasets.find(one => one.label === dataset.label);
      datasets[i] = kept ? Object.assign(kept, dataset) : dataset; // keeps what was hidden with the legend
    });
    chart.data.datasets = datasets;
    chart.update('none');
    canvas.setAttribute('aria-label', sentence);
    const details = element(id + '-data');
    if (details.open) {
      const inner = details.querySelector('table');
      fillRows(inner.tHead, [heads]);
      fillRows(inner.tBodies[0], rows());
    }
  }

  function line(label, points, i) {
    return {
      label, data: points, borderColor: COLOURS[i % COLOURS.length], backgroundColor: COLOURS[i % COLOURS.length],
      borderDash: DASHES[i % DASHES.length], borderWidth: 2, pointRadius: points.length < 3 ? 3 : 0, stepped: false
    };
  }

  function bars(label, reads, i) {
    return {label, data: reads, backgroundColor: COLOURS[i], categoryPercentage: 1, barPercentage: .9};
  }

  // Reads per interval as a rate; the last interval is not over, so its time is that until the last read.
  function rates(series, counts, perSeconds) {
    return counts.map((count, i) => {
      const start = series.startMillis + i * series.stepMillis;
      const millis = i < counts.length - 1
        ? series.stepMillis
        : Math.min(series.stepMillis, Math.max(1000, series.lastMillis - start));
      return {x: start, y: count * 1000 * perSeconds / millis};
    });
  }

  function overTime(id, name, series, lines) {
    const all = lines.flatMap(one => one.data.map(point => point.y));
    const latest = lines[0] && lines[0].data.length ? lines[0].data[lines[0].data.length - 1].y : 0;
    draw(id, true, name, null, lines,
      name + ' over time: ' + lines.length + (lines.length === 1 ? ' line, ' : ' lines, ') + 'highest '
        + tenth.format(Math.max(0, ...all)) + (lines.length === 1 ? ', latest ' + tenth.format(latest) : ''),
      ['time', ...lines.map(one => one.label)],
      () => (lines[0] ? lines[0].data : []).map((point, i) => [
        time(point.x), ...lines.map(one => ({number: tenth.format(one.data[i].y)}))]));
  }

  function histogram(id, axis, labels, datasets) {
    const totals = labels.map((label, i) => sum(datasets.map(one => one.data[i])));
    const most = totals.indexOf(Math.max(...totals));
    draw(id, false, axis, labels, datasets,
      labels.length === 0 ? axis + ': no reads' : axis + ': ' + whole.format(sum(totals)) + ' reads, most from ' + labels[most],
      ['from', ...datasets.map(one => one.label)],
      () => labels.map((label, i) => [label, ...datasets.map(one => number(one.data[i]))]));
  }

  function showCharts() {
    const series = state[document.querySelector('input[name=span]:checked').value];
    overTime('reads-chart', 'Reads per second', series, [line('reads per second', rates(series, series.reads, 1), 0)]);
    overTime('bases-chart', 'Bases per second', series, [line('bases per second', rates(series, series.bases, 1), 0)]);
    overTime('calls-chart', 'Reads per minute and call', series,
      Object.entries(series.calls).map(([label, reads], i) => line(label, rates(series, reads, 60), i)));
    histogram('lengths', 'bases, from', state.lengths.from.map(from => whole.format(from)), [bars('reads', state.lengths.reads, 0)]);
    histogram('qualities', 'Phred quality of the mean error probability', state.qualities.from.map(String),
      [bars('reads', state.qualities.reads, 0)]);
    histogram('scores', 'score, from', state.calledScores.map((reads, i) => (i / state.calledScores.length).toFixed(2)),
      [bars('called', state.calledScores, 0), bars('not called', state.uncalledScores, 1)]);
  }

  function showFigures() {
    const reads = state.reads;
    const of = label => sum(state.calls.filter(call => call.label === label).map(call => call.reads));
    const figures = {
      'reads': whole.format(reads), 'reads-rate': tenth.format(state.readsPerSecond),
      'bases': short.format(state.bases), 'bases-rate': short.format(state.basesPerSecond),
      'called': percent(sum(state.calls.filter(call => call.called).map(call => call.reads)), reads),
      'other': percent(of('(other)'), reads), 'uncalled': percent(of('(uncalled)'), reads),
      'dead': whole.format(sum(Object.values(state.deadLetters))),
      'lag': state.lag === null ? '–' : whole.format(state.lag),
      'model': state.models.length ? latest(state.models) : '–'
    };
    Object.entries(figures).forEach(([id, text]) => setText(element(id), text));
    element('bases').title = whole.format(state.bases);
  }

  function latest(models) {
    const last = models.reduce((one, other) => other.lastMillis > one.lastMillis ? other : one);
    return last.name + ' ' + last.version;
  }

  function showTables() {
    const all = state.reads;
    table('calls', state.calls.map(call => [
      call.label, number(call.reads), {number: percent(call.reads, all)}, {share: call.reads / Math.max(1, all)}]));
    table('samples', state.samples.map(one => {
      const called = Object.entries(one.calls).filter(([label]) => !label.startsWith('('));
      const top = called.sort((a, b) => b[1] - a[1])[0];
      return [
        one.sample, one.barcode, number(one.reads), {number: percent(one.reads, all)}, number(one.bases), number(one.n50),
        number(one.medianQuality), {number: percent(sum(called.map(([, reads]) => reads)), one.reads)},
        {number: percent(one.calls['(other)'] || 0, one.reads)}, top ? top[0] + ' (' + percent(top[1], one.reads) + ')' : '–'];
    }));
    const reasons = Object.entries(state.deadLetters).map(([reason, count]) => [reason, number(count)]);
    table('dead-letters', state.undecodable ? [...reasons, ['records this page cannot decode', number(state.undecodable)]] : reasons);
    table('drift', state.drift.map(one => [
      one.sample, one.run, number(one.windows), number(one.alarms), time(one.lastMillis), number(one.lastReads),
      one.exceeded.length
        ? one.exceeded.map(over => over.measure + ' ' + third(over.divergence) + ' over ' + third(over.threshold)).join(', ')
        : 'nothing']));
    table('models', state.models.map(one => [
      one.name, one.version, one.digest.slice(0, 19), time(one.firstMillis), time(one.lastMillis), number(one.reads)]));
    table('events', state.modelEvents.slice().reverse().map(one => [
      time(one.millis), one.name, one.slot, one.outcome.toLowerCase(), one.reason]));
  }

  function showProblems() {
    const list = element('problems');
    while (list.children.length > state.problems.length) {
      list.lastChild.remove();
    }
    state.problems.forEach((sentence, i) => {
      setText(list.children[i] || list.appendChild(document.createElement('li')), sentence);
    });
  }

  function show() {
    showFigures();
    showTables();
    showProblems();
    showCharts();
    setText(element('updated'), 'as of ' + time(state.time));
  }

  function redraw() {
    Object.keys(charts).forEach(id => {
      charts[id].destroy();
      delete charts[id];
    });
    if (state) {
      showCharts();
    }
  }

  document.querySelectorAll('input[name=span]').forEach(input => input.addEventListener('change', () => state && showCharts()));
  document.querySelectorAll('details').forEach(details => details.addEventListener('toggle', () => state && showCharts()));
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);

  const events = new EventSource('events');
  events.onopen = () => setText(element('status'), 'Live');
  events.onerror = () => setText(element('status'), 'Connection lost, trying again …');
  events.onmessage = event => {
    state = JSON.parse(event.data);
    if (!document.hidden) {
      show();
    }
  };
  document.addEventListener('visibilitychange', () => state && !document.hidden && show());
})();
