// Builds the read model `orders#<id>` from the events of an order:
//
//   placed   {customer, total}   customer, total; the order is open
//   paid     {}                  paid
//   shipped  {carrier}           shipped, with the carrier
//
// The same program takes events from the log's stream to the bus, as the function `trigger`.
#include <ddblog/event.h>
#include <ddblog/lambda_runtime.h>
#include <ddblog/payload.h>
#include <ddblog/projector.h>
#include <ddblog/transport.h>
#include <ddblog/trigger.h>

#include <cstdlib>
#include <string>

namespace {

using ddblog::Event;
using ddblog::Payload;
using ddblog::ReadModel;

std::string stage() {
  const char* const value = std::getenv("STAGE");
  return value ? value : "local";
}

void placed(const Event& event, ReadModel& order) {
  const Payload payload(event.payload);
  order.setString("customer", payload.string("customer"));
  order.setJson("total", payload.number("total"));
  order.setString("status", "open");
}

void paid(const Event&, ReadModel& order) { order.setString("status", "paid"); }

void shipped(const Event& event, ReadModel& order) {
  order.setString("status", "shipped");
  order.setString("carrier", Payload(event.payload).string("carrier"));
}

}  // namespace

int main() {
  const auto transport = ddblog::connect();
  ddblog::Publisher publisher(transport, ddblog::triggerOptions());
  ddblog::Projector orders(transport, {.log_table = ddblog::logTableName(stage()),
                                       .read_model_table = ddblog::readModelTableName(stage()),
                                       .log = "orders",
                                       .type = "order"});
  orders.on("placed", placed);
  orders.on("paid", paid);
  orders.on("shipped", shipped);
  return ddblog::runHandlers({
      {"orders",
       [&](std::string_view event, const ddblog::InvocationContext&) {
         orders.handle(event);
         return std::string("null");
       }},
      {"trigger", [&](std::string_view batch,
                      const ddblog::InvocationContext&) { return ddblog::handleTriggerBatch(publisher, batch); }},
  });
}
