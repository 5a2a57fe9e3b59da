'use strict';
// The calculator. Its answers are those of the library. Amounts are BigInts, which count the last decimal place of their
// currency, so that every number is exact.
{
  const element = (id) => document.getElementById(id);
  const data = JSON.parse(element('prices').textContent);

  const CREDITS = { ...data.credits, max: BigInt(data.credits.max) };
  const USD = { ...data.usd, max: BigInt(data.usd.max) };
  const CURRENCIES = { credits: CREDITS, usd: USD };

  // Numbers and amounts as text.

  const format = (units, { decimals }, places = 0) => {
    const digits = String(units).padStart(decimals + 1, '0');
    const fraction = digits.slice(-decimals).replace(/0+$/, '').padEnd(places, '0');
    return digits.slice(0, -decimals) + (fraction && '.' + fraction);
  };
  const count = (number, one, many) => `${number} ${String(number) === '1' ? one : many}`;
  const credits = (units) => count(format(units, CREDITS), 'credit', 'credits');
  const dollars = (units) => USD.sign + format(units, USD, 2);
  const money = (units) => `${credits(units)} (${dollars(units * usdPerUnit)})`;
  const sizeText = ([width, height]) => `${width}x${height}`;
  const settingsText = ({ width, height, steps }) => `${width}x${height} at ${count(steps, 'step', 'steps')}`;
  const sentence = (text) => text[0].toUpperCase() + text.slice(1) + '.';

  // Parses numbers and amounts. Any other text throws a `Mistake`.

  class Mistake extends Error {}

  const parseAmount = (text, { decimals, max, plural, sign }) => {
    const number = /^(0|[1-9][0-9]*)(?:\.([0-9]+))?$/;
    const match = number.exec(text);
    if (!match) {
      const isNegative = text.startsWith('-') && number.test(text.slice(1));
      throw new Mistake(isNegative ? 'it is negative' : 'write digits, with a point before a fraction, such as 0.25');
    }
    const fraction = (match[2] ?? '').replace(/0+$/, '');
    if (fraction.length > decimals) throw new Mistake(`${plural} have at most ${decimals} decimal places`);
    const units = BigInt(match[1] + fraction.padEnd(decimals, '0'));
    if (units > max) throw new Mistake(`the largest is ${sign}${format(max, { decimals })}`);
    return units;
  };

  const parseWhole = (what, text, max) => {
    const must = (rule) => { throw new Mistake(`${what} must ${rule}`); };
    if (/^[0-9]+$/.test(text)) {
      if (/^0+$/.test(text)) must('be at least 1');
      if (text.startsWith('0')) must('not begin with 0');
      const number = BigInt(text);
      return number <= max ? number : must(`be at most ${max}`);
    }
    if (/^[-−]/.test(text)) must('not be negative');
    if (/^\+[0-9]+$/.test(text)) must('not have a sign');
    if (/^[0-9]+\.[0-9]+$/.test(text)) must('be a whole number');
    return must('have only digits, such as 30');
  };

  // The tables.

  const usdPerUnit = parseAmount(data.usdPerUnit, USD);
  const power = (exponent) => 10n ** BigInt(exponent);

  const prepareFormula = ({ free_pixels, rate, nearest, up }) => {
    const [whole, fraction = ''] = rate.split('.');
    // A rate is in credits for 10⁹ pixel-steps.
    const nearestPlace = power(9 + fraction.length - nearest);
    const upPlace = power(nearest - up);
    return (pixels, steps) => {
      const paid = pixels > BigInt(free_pixels) ? pixels - BigInt(free_pixels) : 0n;
      const toNearest = (paid * steps * BigInt(whole + fraction) + nearestPlace / 2n) / nearestPlace;
      return (toNearest + upPlace - 1n) / upPlace * power(CREDITS.decimals - up);
    };
  };

  const tables = data.tables.map((table) => ({
    ...table,
    cells: table.prices.map((price, at) => {
      const [width, height] = table.sizes[at % table.sizes.length].map(BigInt);
      const steps = BigInt(table.steps[Math.floor(at / table.sizes.length)]);
      const isException = table.exceptions.some((cell) =>
        BigInt(cell.width) === width && BigInt(cell.height) === height && BigInt(cell.steps) === steps);
      return { width, height, steps, pixels: width * height, price: parseAmount(price, CREDITS), isException };
    }),
    formula: table.formula && prepareFormula(table.formula),
  }));

  const titleOf = ({ heading }) => `the table “${heading}”`;
  const tableOf = (engine) => tables.find(({ name, engines }) => name === engine || engines.includes(engine));

  const hasSize = (table, { width, height }) => table.cells.some((cell) => cell.width === width && cell.height === height);
  const hasSteps = (table, { steps }) => table.cells.some((cell) => cell.steps === steps);

  const priceOf = ({ cells }, { width, height, steps }) =>
    cells.find((cell) => cell.width === width && cell.height === height && cell.steps === steps)?.price;

  // The cells with as many pixels and steps or more bound a price from above, and those with as many or fewer from below,
  // because prices never fall as pixels or steps grow. Exceptions are out of line with the others.
  const estimateOf = ({ cells, formula }, { width, height, steps }) => {
    const pixels = width * height;
    const others = cells.filter(({ isException }) => !isException);
    const above = others.filter((cell) => cell.pixels >= pixels && cell.steps >= steps);
    const below = others.filter((cell) => cell.pixels <= pixels && cell.steps <= steps);
    if (above.length === 0) return undefined;
    const atMost = above.map(({ price }) => price).reduce((a, b) => (a < b ? a : b));
    const atLeast = below.map(({ price }) => price).reduce((a, b) => (a > b ? a : b), 0n);
    const byFormula = formula ? formula(pixels, steps) : 0n;
    const expected = byFormula > 0n ? byFormula : atLeast === atMost ? atMost : undefined;
    return { atLeast, atMost, expected };
  };

  const whyNotPriced = (table, request) => {
    const reasons = [];
    if (!hasSize(table, request)) {
      const transposed = { width: request.height, height: request.width };
      const hint = hasSize(table, transposed)
        ? ` (the transposed size, ${sizeText([transposed.width, transposed.height])}, is one of them)`
        : '';
      reasons.push(`its sizes are ${table.sizes.map(sizeText).join(', ')}${hint}`);
    }
    if (!hasSteps(table, request)) reasons.push(`its step counts are ${table.steps.join(', ')}`);
    return `${titleOf(table)} has no price for ${settingsText(request)}: ${reasons.join('; ')}`;
  };

  const whyNotEstimated = (table, request) => {
    const pixels = request.width * request.height;
    const largest = table.cells.reduce((a, b) => (b.pixels >= a.pixels ? b : a));
    const steps = table.steps.at(-1);
    let reason = 'each cell with at least as many pixels and steps is an exception';
    if (pixels > largest.pixels) {
      const size = sizeText([largest.width, largest.height]);
      reason = `it has ${pixels} pixels, and the largest size, ${size}, has ${largest.pixels}`;
    } else if (request.steps > BigInt(steps)) reason = `the table goes up to ${steps} steps`;
    return `${titleOf(table)} has no estimate for ${settingsText(request)}: ${reason}`;
  };

  // The limits that reject one image with these settings, as what a request must be.
  const LIMITS = {
    side_multiple: (of, { width, height }) => (width % of || height % of) && `both sides must be multiples of ${of}`,
    min_pixels: (least, { width, height }) => width * height < least && `it must have at least ${least} pixels`,
    max_pixels: (most, { width, height }) => width * height > most && `it must have at most ${most} pixels`,
    max_long_side: (most, { width, height }) => (width > most || height > most) && `the longer side must be at most ${most}`,
    max_short_side: (most, { width, height }) => width > most && height > most && `the shorter side must be at most ${most}`,
    min_steps: (least, { steps }) => steps < least && `the step count must be at least ${least}`,
    max_steps: (most, { steps }) => steps > most && `the step count must be at most ${most}`,
  };

  const whyNotAccepted = (table, request) => {
    const limits = Object.entries(LIMITS).filter(([name]) => typeof table.limits?.[name] === 'number');
    const reasons = limits.map(([name, reason]) => reason(BigInt(table.limits[name]), request)).filter(Boolean);
    const what = `${settingsText(request)} with an engine of ${titleOf(table)}`;
    return reasons.length > 0 && `the API rejects ${what}: ${reasons.join('; ')}`;
  };

  const MAX = `more than ${format(CREDITS.max, CREDITS)} credits`;

  // Answers: what the page says about a request.

  const answerOf = (table, request) => {
    const { images } = request;
    const what = `${count(images, 'image', 'images')} of ${settingsText(request)}, from ${titleOf(table)}`;
    const price = priceOf(table, request);
    if (price !== undefined) {
      if (price * images > CREDITS.max) return noAnswer(`${images} images at ${credits(price)} each cost ${MAX}`);
      return {
        kind: 'price',
        headline: `Published price: ${money(price * images)}`,
        details: [`${what}: ${money(price)} each.`],
        per: { atLeast: price, atMost: price, expected: price },
      };
    }
    const rejection = whyNotAccepted(table, request);
    if (rejection) return noAnswer(rejection);
    const per = estimateOf(table, request);
    if (per === undefined) return noAnswer(whyNotEstimated(table, request));
    if (per.atMost * images > CREDITS.max) {
      return noAnswer(`${images} images at up to ${credits(per.atMost)} each may cost ${MAX}`);
    }
    const details = [`${what}: ${boundsText(per, images)}.`];
    if (images > 1n) details.push(`One image: ${expectedText(per, 1n)}; ${boundsText(per, 1n)}.`);
    details.push(`No price is published for it: ${whyNotPriced(table, request)}.`);
    if (!table.limits) details.push('It is not known whether the API accepts the request.');
    return { kind: 'estimate', headline: `Estimate, not a published price: ${expectedText(per, images)}`, details, per };
  };

  const noAnswer = (reason) => ({ kind: 'none', headline: 'No price and no estimate', details: [sentence(reason)] });

  const expectedText = ({ atLeast, atMost, expected }, images) => {
    if (expected !== undefined) return `about ${money(expected * images)}`;
    return atLeast === 0n ? `up to ${money(atMost * images)}` : `${money(atLeast * images)} to ${money(atMost * images)}`;
  };

  const boundsText = ({ atLeast, atMost }, images) =>
    `at least ${money(atLeast * images)} and at most ${money(atMost * images)}`;

  // What a budget pays for: images of the request, and the largest of the published sizes and step counts.
  const budgetDetails = (table, request, per, { amount, currency }) => {
    const units = currency === USD ? amount / usdPerUnit : amount;
    const budget = currency === USD ? dollars(amount) : money(amount);
    const images = (number) => count(number, 'such image', 'such images');
    const details = [];
    if (per && per.atLeast === per.atMost) {
      details.push(`A budget of ${budget} pays for ${images(units / per.atMost)}.`);
    } else if (per) {
      const most = per.atLeast > 0n ? ` and at most ${units / per.atLeast}` : '';
      const expected = per.expected === undefined ? '' : `about ${units / per.expected}, `;
      details.push(`A budget of ${budget} pays for ${expected}at least ${units / per.atMost}${most} such images.`);
    }
    const affordable = table.cells.filter(({ price }) => price <= units);
    if (hasSteps(table, request)) {
      const cells = affordable.filter(({ steps }) => steps === request.steps);
      const largest = cells.reduce((a, b) => (a && a.pixels >= b.pixels ? a : b), undefined);
      const size = largest ? sizeText([largest.width, largest.height]) : 'none';
      details.push(`Largest published size that ${budget} pays for at ${count(request.steps, 'step', 'steps')}: ${size}.`);
    }
    if (hasSize(table, request)) {
      const { width, height } = request;
      const most = affordable.filter((cell) => cell.width === width && cell.height === height).at(-1);
      details.push(`Most published steps that ${budget} pays for at ${sizeText([width, height])}: ${most ? most.steps : 'none'}.`);
    }
    return details;
  };

  // The form. The message about a mistake is beside its field.

  const form = element('request');
  const fields = [...form.elements];

  const read = () => {
    let mistakes = 0;
    const field = (name, parse) => {
      const input = form.elements[name];
      let value;
      let message = '';
      try {
        value = parse(input.value.trim());
      } catch (error) {
        if (!(error instanceof Mistake)) throw error;
        mistakes += 1;
        message = sentence(error.message);
      }
      if (message) input.setAttribute('aria-invalid', 'true');
      else input.removeAttribute('aria-invalid');
      const shown = element(`${name}-error`);
      if (shown.textContent !== message) shown.textContent = message;
      return value;
    };
    const whole = (name, what, max) => field(name, (text) => parseWhole(what, text, max));
    const U32 = 2n ** 32n - 1n;
    const U64 = 2n ** 64n - 1n;
    const table = field('engine', (engine) => {
      const table = tableOf(engine);
      if (!table) throw new Mistake(`unknown engine ${engine}`);
      return table;
    });
    const request = {
      width: whole('width', 'the width', U32),
      height: whole('height', 'the height', U32),
      steps: whole('steps', 'the step count', U32),
      images: whole('images', 'the number of images', U64),
    };
    const currency = field('currency', (name) => {
      if (!Object.hasOwn(CURRENCIES, name)) throw new Mistake('the currency must be credits or US dollars');
      return CURRENCIES[name];
    });
    const amount = field('budget', (text) => (text && currency ? parseAmount(text, currency) : undefined));
    return mistakes ? { mistakes } : { table, request, budget: amount === undefined ? undefined : { amount, currency } };
  };

  const links = new Map([...document.querySelectorAll('td a')].map((link) => [link.getAttribute('href'), link]));
  let current;

  const show = () => {
    const { mistakes, table, request, budget } = read();
    const answer = mistakes
      ? { kind: 'none', headline: `No answer: correct ${count(mistakes, 'field', 'fields')}`, details: [] }
      : answerOf(table, request);
    if (budget) answer.details.push(...budgetDetails(table, request, answer.per, budget));
    element('result').className = answer.kind;
    // A screen reader reads the headline each time it is set.
    if (element('headline').textContent !== answer.headline) element('headline').textContent = answer.headline;
    element('details').replaceChildren(...answer.details.map((text) => {
      const item = document.createElement('li');
      item.textContent = text;
      return item;
    }));
    current?.removeAttribute('aria-current');
    current = answer.kind === 'price' ? links.get(fragmentOf(table.name, request)) : undefined;
    current?.setAttribute('aria-current', 'true');
  };

  // The fragment of the address. A field that it does not name keeps its value.

  const fragmentOf = (engine, { width, height, steps }) => `#engine=${engine}&width=${width}&height=${height}&steps=${steps}`;

  const setField = (field, value) => {
    // A list ignores a value that it does not have, and an unknown engine must not turn into another one.
    if (field.options && ![...field.options].some((option) => option.value === value)) field.add(new Option(value, value));
    field.value = value;
  };

  const readFragment = () => {
    const values = new URLSearchParams(location.hash.slice(1));
    for (const field of fields) if (values.has(field.name)) setField(field, values.get(field.name));
  };

  const writeFragment = () => {
    history.replaceState(null, '', '#' + new URLSearchParams(fields.map((field) => [field.name, field.value])));
  };

  // Browsers limit how often an address changes, so it waits until the typing stops.
  let timer;
  form.addEventListener('input', () => {
    show();
    clearTimeout(timer);
    timer = setTimeout(writeFragment, 300);
  });
  form.addEventListener('submit', (event) => event.preventDefault());
  addEventListener('hashchange', () => {
    // The link to a part of the page has no request. The address keeps the one that it had.
    if (!location.hash.includes('=')) return writeFragment();
    clearTimeout(timer);
    readFragment();
    show();
    writeFragment();
    element('result').scrollIntoView({ block: 'nearest' });
  });

  for (const field of fields) setField(field, data.start[field.name]);
  readFragment();
  show();
  element('calculator').hidden = false;
}
