/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel's delay accounting of a task, from the netlink interface taskstats. A
 * test that includes this file enables delay accounting before it forks a child for
 * each of its tests, because only new tasks are accounted.
 */
#ifndef _MMAPDEMO_TEST_TASKSTATS_H
#define _MMAPDEMO_TEST_TASKSTATS_H

#include "memory.h"

#include <linux/genetlink.h>
#include <linux/taskstats.h>
#include <sys/socket.h>

/* Before Linux 5.14, the sysctl does not exist, and accounting is on. */
#define DELAYACCT "/proc/sys/kernel/task_delayacct"

static bool delayacct_changed;

static void __attribute__((constructor)) delayacct_begin(void)
{
	int fd = open(DELAYACCT, O_RDONLY | O_CLOEXEC);
	char on = '1';

	if (fd >= 0 && read(fd, &on, 1) == 1 && on == '0')
		delayacct_changed = put(DELAYACCT, "1");
	close(fd);
}

/* A child of the test ends without this function. */
static void __attribute__((destructor)) delayacct_end(void)
{
	if (delayacct_changed)
		put(DELAYACCT, "0");
}

struct taskstats_message {
	struct nlmsghdr head;
	struct genlmsghdr genl;
	char data[2048];
};

/*
 * Send a request with one attribute, and receive the answer in @message. Return the
 * length of the answer's attributes, or -1.
 */
static inline int taskstats_ask(int fd, struct taskstats_message *message, int type,
				int command, int attribute, const void *value,
				size_t length)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	struct nlattr *attr = (struct nlattr *)message->data;
	ssize_t got;

	memset(message, 0, sizeof(*message));
	message->head.nlmsg_type = type;
	message->head.nlmsg_flags = NLM_F_REQUEST;
	message->genl.cmd = command;
	message->genl.version = 1;
	attr->nla_type = attribute;
	attr->nla_len = NLA_HDRLEN + length;
	memcpy((char *)attr + NLA_HDRLEN, value, length);
	message->head.nlmsg_len = NLMSG_HDRLEN + GENL_HDRLEN +
				  NLA_ALIGN(attr->nla_len);
	if (sendto(fd, message, message->head.nlmsg_len, 0, (struct sockaddr *)&kernel,
		   sizeof(kernel)) < 0)
		return -1;
	got = recv(fd, message, sizeof(*message), 0);
	if (got < 0 || message->head.nlmsg_type == NLMSG_ERROR)
		return -1;
	return got - NLMSG_HDRLEN - GENL_HDRLEN;
}

static inline const void *taskstats_value(const struct nlattr *attr)
{
	return (const char *)attr + NLA_HDRLEN;
}

static inline int taskstats_length(const struct nlattr *attr)
{
	return attr->nla_len - NLA_HDRLEN;
}

/* Return an attribute, or NULL. */
static inline const struct nlattr *taskstats_find(const char *data, int length, int type)
{
	const struct nlattr *attr;

	for (int at = 0; at < length; at += NLA_ALIGN(attr->nla_len)) {
		attr = (const struct nlattr *)(data + at);
		if (attr->nla_len < NLA_HDRLEN || attr->nla_type == type)
			return attr->nla_type == type ? attr : NULL;
	}
	return NULL;
}

/* Get the statistics of the current thread, and store as much as @stats has room for. */
static inline bool taskstats_get(int fd, struct taskstats *stats)
{
	const struct nlattr *attr = NULL;
	struct taskstats_message message;
	size_t size = sizeof(*stats);
	__u32 tid = gettid();
	int length;

	length = taskstats_ask(fd, &message, GENL_ID_CTRL, CTRL_CMD_GETFAMILY,
			       CTRL_ATTR_FAMILY_NAME, TASKSTATS_GENL_NAME,
			       sizeof(TASKSTATS_GENL_NAME));
	attr = taskstats_find(message.data, length, CTRL_ATTR_FAMILY_ID);
	if (!attr)
		return false;
	length = taskstats_ask(fd, &message, *(const __u16 *)taskstats_value(attr),
			       TASKSTATS_CMD_GET, TASKSTATS_CMD_ATTR_PID, &tid,
			       sizeof(tid));
	attr = taskstats_find(message.data, length, TASKSTATS_TYPE_AGGR_PID);
	if (attr)
		attr = taskstats_find(taskstats_value(attr), taskstats_length(attr),
				      TASKSTATS_TYPE_STATS);
	if (!attr)
		return false;
	if ((size_t)taskstats_length(attr) < size)
		size = taskstats_length(attr);
	memcpy(stats, taskstats_value(attr), size);
	return true;
}

/* Get the statistics of the current thread. Return false if the kernel has none. */
static inline bool taskstats_read(struct taskstats *stats)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
	bool done;

	memset(stats, 0, sizeof(*stats));
	done = taskstats_get(fd, stats);
	close(fd);
	return done;
}

#endif /* _MMAPDEMO_TEST_TASKSTATS_H */
