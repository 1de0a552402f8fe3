// Builds the read model `orders#<id>` from the events of an order:
//
//   placed   {customer, total}   customer, total; the order is open
//   paid     {}                  paid
//   shipped  {carrier}           shipped, with the carrier
import { EventLog, Projector } from "dynamodb-log";

const orders = new Projector({
  eventLog: new EventLog({ stage: process.env.STAGE }),
  log: "orders",
  type: "order",
  apply: {
    placed: ({ payload }, order) => {
      order.customer = payload.customer;
      order.total = payload.total;
      order.status = "open";
    },
    paid: (event, order) => {
      order.status = "paid";
    },
    shipped: ({ payload }, order) => {
      order.status = "shipped";
      order.carrier = payload.carrier;
    },
  },
});

export async function handler(event) {
  await orders.handle(event);
}
