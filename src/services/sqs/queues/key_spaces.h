// The key spaces of queues (see store/key_space.h). <number> is a queue's number: the queue gets a
// new one when it is purged, and what is stored under the old one is removed little by little.
//
//   kQueues           <name>                        the queue (queue.h)
//   kLastNumber       (nothing)                     the last number that was given to a queue
//   kMessages         <number> <message>            what was sent (message.h); never rewritten
//   kStates           <number> <message>            what has become of it (message.h)
//   kReady            <number> <since> <message>    standard: messages that can be received
//                     <number> <message> <group>    FIFO: groups that can be received from, by their first message
//   kTimed            <due> <number> <message>      messages that become visible; value: the queue's name
//   kCounts           <number>                      how many messages there are (message_counts.h)
//   kGroups           <number> <group>              FIFO: messages in flight, the key in kReady
//   kGroupMessages    <number> <group> <message>    FIFO: messages that are not in flight
//   kDeduplication    <number> <scope and id>       FIFO: the message that was sent with this id
//   kReceiveAttempts  <number> <attempt id>         FIFO: what the attempt has received
//   kDeletedNames     <name>                        names of deleted queues, and when they are free (time of day, 8)
//   kExpiring         <due> <key>                   entries of the three above, which are removed then
//   kDiscarded        <number>                      numbers whose messages are to be removed
//   kMoveTasks        <queue name> <task>           message move tasks (move_tasks.h)
//
// <due> and <since> are of running time (base/clock.h), in milliseconds.
#pragma once

#include "store/key_space.h"

namespace ddblog::sqs::key_spaces {

inline constexpr KeySpace kQueues{0x60};           // queues
inline constexpr KeySpace kLastNumber{0x61};       // the last number of a queue
inline constexpr KeySpace kMessages{0x62};         // messages as they were sent
inline constexpr KeySpace kStates{0x63};           // messages that were received or are delayed
inline constexpr KeySpace kReady{0x64};            // what can be received
inline constexpr KeySpace kTimed{0x65};            // what becomes visible
inline constexpr KeySpace kCounts{0x66};           // numbers of messages
inline constexpr KeySpace kGroups{0x67};           // message groups
inline constexpr KeySpace kGroupMessages{0x68};    // the messages of a group
inline constexpr KeySpace kDeduplication{0x69};    // deduplication ids
inline constexpr KeySpace kReceiveAttempts{0x6A};  // ReceiveRequestAttemptIds
inline constexpr KeySpace kDeletedNames{0x6B};     // names of deleted queues
inline constexpr KeySpace kExpiring{0x6C};         // entries that are removed when they are too old
inline constexpr KeySpace kDiscarded{0x6D};        // what deleted and purged queues leave behind
inline constexpr KeySpace kMoveTasks{0x6E};        // message move tasks

}  // namespace ddblog::sqs::key_spaces
