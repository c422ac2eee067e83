// A link of two TUN devices in two network namespaces: each IP packet waits for its turn at the link's rate, then for
// the one-way delay, or is dropped: by chance, by a full queue, or because the link is cut. Both directions are alike.
//
// link-shaper NAMESPACE DEVICE NAMESPACE DEVICE SEED
// Standard input takes lines, each answered by one line; its end ends the program, and with it the devices:
//   shape RATE DELAY LOSS QUEUE   bit/s, microseconds, probability, bytes
//   drop 0|1                      whether every packet is dropped
//   count                         of each direction: packets delivered, lost by chance, over the queue, cut
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

// Packets are moved once a tick while any are under way, because a wake-up for each would cost most of the CPU time:
// about eight packets a tick, within these bounds.
#define SHORTEST_TICK_NS 200000
#define LONGEST_TICK_NS 1000000
#define BITS_A_TICK (8 * 12000)
#define TICKS_BETWEEN_COMMANDS 16
#define MOST_PACKETS_A_TICK 512
#define MOST_BYTES 65536

struct packet {
  struct packet *next;
  int64_t due_ns;
  int length;
  unsigned char bytes[];
};

struct direction {
  int from, to;
  struct packet *first, **end;
  int64_t busy_until_ns;
  uint64_t random;
  long delivered, lost, overflowed, cut;
};

static double rate = 1e9, loss = 0;
static int64_t delay_ns = 0, queue_bytes = 1 << 20;
static int64_t tick_ns = SHORTEST_TICK_NS;
static int drops_all = 0;

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static int64_t now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static int open_tun(const char *namespace, const char *device) {
  char path[512];
  snprintf(path, sizeof path, "/var/run/netns/%s", namespace);
  int entry = open(path, O_RDONLY | O_CLOEXEC);
  if (entry < 0 || setns(entry, CLONE_NEWNET) != 0) fail(path);
  close(entry);
  // The device belongs to the namespace in which the descriptor was opened.
  int tun = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
  struct ifreq request = {.ifr_flags = IFF_TUN | IFF_NO_PI};
  strncpy(request.ifr_name, device, IFNAMSIZ - 1);
  if (tun < 0 || ioctl(tun, TUNSETIFF, &request) != 0) fail(device);
  return tun;
}

// splitmix64
static double chance(uint64_t *state) {
  uint64_t z = (*state += 0x9e3779b97f4a7c15ULL);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return (double)((z ^ (z >> 31)) >> 11) / 9007199254740992.0;
}

// Takes in what the kernel sends over the link. Returns the number of packets.
static int take(struct direction *way, int64_t now) {
  static unsigned char bytes[MOST_BYTES];
  int count = 0;
  for (; count < MOST_PACKETS_A_TICK; count++) {
    ssize_t length = read(way->from, bytes, sizeof bytes);
    if (length < 0) {
      if (errno == EAGAIN || errno == EINTR || errno == EIO) break;
      exit(0);  // The namespace is gone, and the device with it.
    }
    int is_lost = chance(&way->random) < loss;
    // A packet may have come at any time since the last tick.
    int64_t start = way->busy_until_ns > now - tick_ns ? way->busy_until_ns : now - tick_ns;
    if (drops_all) {
      way->cut++;
    } else if (start > now && (double)(start - now) * rate / 8e9 + length > queue_bytes) {
      way->overflowed++;
    } else {
      way->busy_until_ns = start + (int64_t)(length * 8e9 / rate);
      if (is_lost) {
        way->lost++;
        continue;
      }
      struct packet *packet = malloc(sizeof *packet + length);
      if (packet == NULL) fail("malloc");
      packet->next = NULL;
      packet->due_ns = way->busy_until_ns + delay_ns;
      packet->length = length;
      memcpy(packet->bytes, bytes, length);
      *way->end = packet;
      way->end = &packet->next;
    }
  }
  return count;
}

static void deliver(struct direction *way, int64_t now) {
  while (way->first != NULL && (drops_all || way->first->due_ns <= now)) {
    struct packet *packet = way->first;
    if (drops_all || write(way->to, packet->bytes, packet->length) < 0) way->cut++;
    else way->delivered++;
    way->first = packet->next;
    if (way->first == NULL) way->end = &way->first;
    free(packet);
  }
}

static void obey(char *line, struct direction ways[2]) {
  double delay_us, queue, new_rate, new_loss;
  if (sscanf(line, "shape %lf %lf %lf %lf", &new_rate, &delay_us, &new_loss, &queue) == 4 && new_rate > 0) {
    rate = new_rate;
    loss = new_loss;
    delay_ns = (int64_t)(delay_us * 1000);
    queue_bytes = (int64_t)queue;
    double tick = BITS_A_TICK * 1e9 / rate;
    tick_ns = tick < SHORTEST_TICK_NS ? SHORTEST_TICK_NS : tick > LONGEST_TICK_NS ? LONGEST_TICK_NS : (int64_t)tick;
    puts("ok");
  } else if (sscanf(line, "drop %d", &drops_all) == 1) {
    puts("ok");
  } else if (strcmp(line, "count") == 0) {
    for (int i = 0; i < 2; i++)
      printf("%ld %ld %ld %ld%c", ways[i].delivered, ways[i].lost, ways[i].overflowed, ways[i].cut, i ? '\n' : ' ');
  } else {
    puts("unknown");
  }
  fflush(stdout);
}

static void read_commands(struct direction ways[2]) {
  static char line[256];
  static size_t length = 0;
  ssize_t got = read(0, line + length, sizeof line - 1 - length);
  if (got == 0) exit(0);
  if (got < 0) return;
  length += got;
  line[length] = 0;
  for (char *end; (end = strchr(line, '\n')) != NULL;) {
    *end = 0;
    obey(line, ways);
    length -= end + 1 - line;
    memmove(line, end + 1, length + 1);
  }
}

int main(int argc, char **argv) {
  if (argc != 6) {
    fprintf(stderr, "usage: link-shaper NAMESPACE DEVICE NAMESPACE DEVICE SEED\n");
    return 2;
  }
  int tuns[2] = {open_tun(argv[1], argv[2]), open_tun(argv[3], argv[4])};
  uint64_t seed = strtoull(argv[5], NULL, 10);
  struct direction ways[2] = {{.from = tuns[0], .to = tuns[1], .random = seed},
                              {.from = tuns[1], .to = tuns[0], .random = ~seed}};
  for (int i = 0; i < 2; i++) ways[i].end = &ways[i].first;
  fcntl(0, F_SETFL, O_NONBLOCK);
  prctl(PR_SET_TIMERSLACK, 1000);
  puts("ready");
  fflush(stdout);

  for (int tick = 0;; tick++) {
    int64_t now = now_ns(), next_ns = INT64_MAX;
    int taken = 0;
    for (int i = 0; i < 2; i++) taken += take(&ways[i], now);
    for (int i = 0; i < 2; i++) {
      deliver(&ways[i], now);
      if (ways[i].first != NULL && ways[i].first->due_ns < next_ns) next_ns = ways[i].first->due_ns;
    }
    struct pollfd ends[3] = {{0, POLLIN, 0}, {tuns[0], POLLIN, 0}, {tuns[1], POLLIN, 0}};
    if (taken > 0 || next_ns - now < tick_ns) {
      struct timespec nap = {0, tick_ns};
      nanosleep(&nap, NULL);
      if (tick % TICKS_BETWEEN_COMMANDS != 0) continue;
      struct timespec none = {0, 0};
      ppoll(ends, 1, &none, NULL);
    } else {
      int64_t wait_ns = next_ns == INT64_MAX ? 0 : next_ns - now;
      struct timespec wait = {wait_ns / 1000000000, wait_ns % 1000000000};
      ppoll(ends, 3, next_ns == INT64_MAX ? NULL : &wait, NULL);
    }
    if (ends[0].revents != 0) read_commands(ways);
  }
}
