/** A small shop on a free local port, so that the agent has a page to look at without a network. */
import { createServer } from "node:http";

const OFFERS = [
  ["lamp", "Storm lamp", 48, 4.4],
  ["rope", "Mooring rope, 10 m", 22, 4.1],
  ["lamp", "Reading lamp", 35, 3.9],
  ["compass", "Pocket compass", 18, 4.0],
  ["lamp", "Brass ship's lamp", 95, 4.9],
  ["rope", "Thin line, 20 m", 9, 3.6],
  ["compass", "Bearing compass", 54, 4.8],
  ["lamp", "Clip lamp", 14, 3.2],
  ["rope", "Anchor rope, 30 m", 58, 4.7],
  ["lamp", "Head lamp", 27, 4.6],
  ["compass", "Toy compass", 4, 2.5],
  ["lamp", "Desk lamp with dimmer", 42, 4.7],
].map(([thing, name, price, stars], index) => ({ id: index + 1, thing, name, price, stars }));

const ON_A_PAGE = 4;

const STYLE = `
  body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 46rem; color: #1c2733; background: #f6f8fa }
  h1 { font-size: 1.5rem } a { color: #0b62c4 }
  ul { list-style: none; padding: 0; display: grid; grid-template-columns: 1fr 1fr; gap: 1rem }
  li, .offer { background: #fff; border: 1px solid #d5dde5; border-radius: .6rem; padding: 1rem }
  .price { font-weight: 600 } nav { display: flex; gap: 1rem; margin-top: 1.5rem }`;

function html(title, body) {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>${title}</title>
<style>${STYLE}</style><h1>${title}</h1>${body}</html>`;
}

function shelf(page) {
  const first = (page - 1) * ON_A_PAGE;
  const offers = OFFERS.slice(first, first + ON_A_PAGE);
  const items = offers.map(
    ({ id, name, price }) =>
      `<li><a href="/offer/${id}">${name}</a><br><span class="price">${price.toFixed(2)} €</span></li>`,
  );
  const next = first + ON_A_PAGE < OFFERS.length ? `<a href="/?page=${page + 1}">Next page</a>` : "";
  return html(`The Chandlery, shelf ${page}`, `<ul>${items.join("")}</ul><nav>${next}</nav>`);
}

function details({ thing, name, price, stars }) {
  return html(
    name,
    `<div class="offer"><p>A ${thing}.</p><p class="price" data-price="${price}">${price.toFixed(2)} €</p>
<p data-stars="${stars}">${stars} of 5 stars</p></div><nav><a href="/">Back to the shelves</a></nav>`,
  );
}

/** Resolves to the shop's address and a way to close it. */
export function openShop() {
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://127.0.0.1");
    const offer = OFFERS.find(({ id }) => pathname === `/offer/${id}`);
    const page = Math.max(1, Number(searchParams.get("page")) || 1);
    const body = offer === undefined ? shelf(page) : details(offer);
    response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(body);
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      resolve({
        address: `http://127.0.0.1:${server.address().port}/`,
        close() {
          server.close();
          server.closeAllConnections();
        },
      });
    });
  });
}
