// SPDX-License-Identifier: GPL-2.0-only
/*
 * From a region to the file behind it. Writing back takes PG_dirty from a page,
 * then its mappings, then writes it. In this order no store is lost: a later one
 * faults, and makes the page dirty again. It is the work of a kernel thread: no
 * signal to whoever waits for it, and no limit of his, can stop it. No page is
 * locked while the file is written: who holds the file's locks, and touches a
 * mapping of the region, waits for a page.
 *
 * A region that shrinks moves its end, has all written that is dirty, and only then
 * drops the pages behind: a store to one of them is in the file, or is SIGBUS. Only
 * a hole takes with it what is stored there before the call returns, as one in a
 * file of ext4 or xfs does.
 *
 * Nobody tells us when the file is changed otherwise. So, as a network file
 * system does when a file is opened, sync forgets what is not dirty: it is read
 * again when it is touched.
 */
#include "common.h"
#include "backing.h"
#include "compat/unmap.h"
#include "compat/workqueue.h"
#include "pages.h"
#include "region.h"

#include <linux/atomic.h>
#include <linux/cred.h>
#include <linux/delay.h>
#include <linux/fs.h>
#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/writeback.h>
#include <linux/xarray.h>

/* In the region's array: see watch_page() */
#define WATCHED XA_MARK_0

/* ---- when ---- */

/**
 * mmapdemo_writeback_later - a page became dirty
 * @backing: the file
 *
 * It stays so for as long as those of files do, at most.
 */
void mmapdemo_writeback_later(struct backing *backing)
{
	unsigned int centisecs = READ_ONCE(dirty_writeback_interval);

	/* 0 is forever. */
	if (centisecs)
		queue_delayed_work(system_dfl_wq, &backing->work,
				   msecs_to_jiffies(centisecs * 10));
}

/**
 * mmapdemo_writeback_wait - wait until all that is dirty was tried to be written
 * @backing: the file
 */
void mmapdemo_writeback_wait(struct backing *backing)
{
	mod_delayed_work(system_dfl_wq, &backing->work, 0);
	flush_delayed_work(&backing->work);
}

/* ---- unmap ---- */

/* A locked page: it can't be mapped again meanwhile. Private copies stay. */
static void unmap_page(struct backing *backing, struct page *page,
		       pgoff_t pgoff)
{
	struct address_space *mapping = backing->region->mapping;

	page_unmap_begin(page, mapping);
	unmap_mapping_range(mapping, backing_pos(pgoff), PAGE_SIZE,
			    /* even_cows = */ 0);
	page_unmap_end(page);
}

/* ---- write ---- */

/* What is behind the end of the file is not written: a store there is lost. */
static int write_file(struct backing *backing, struct page *page, loff_t pos)
{
	loff_t end = min_t(loff_t, pos + PAGE_SIZE,
			   i_size_read(file_inode(backing->file)));
	const char *from = page_address(page);
	ssize_t ret;

	while (pos < end) {
		ret = kernel_write(backing->file, from + offset_in_page(pos),
				   end - pos, &pos);
		if (ret <= 0)
			return ret ?: -EIO;
	}
	return 0;
}

/*
 * A page that is locked, and not mapped: may anybody store into it? Who has a
 * reference, other than the region, us, and those who say that they do not.
 */
static bool page_is_held(struct page *page)
{
	long idle = atomic_long_read(pages_idle(page));
	bool held;

	/* Each of them had a reference first ... */
	smp_rmb();
	held = page_count(page) > 2 + idle;
	/* ... and who had none any more had made the page dirty. */
	smp_rmb();
	return held;
}

static bool page_is_watched(struct backing *backing, pgoff_t pgoff)
{
	return xa_get_mark(&backing->region->pages, pgoff, WATCHED);
}

/*
 * Direct I/O into a page stores without a fault, and makes it dirty when it ends:
 * who holds a page when it is written may do so.
 */
static void watch_page(struct backing *backing, struct page *page,
		       pgoff_t pgoff)
{
	if (!page_is_held(page)) {
		xa_clear_mark(&backing->region->pages, pgoff, WATCHED);
		return;
	}
	xa_set_mark(&backing->region->pages, pgoff, WATCHED);
	mmapdemo_writeback_later(backing);
}

static bool begin_write(struct backing *backing, struct page *page,
			pgoff_t pgoff)
{
	bool dirty = false;

	lock_page(page);
	if (backing_has(backing, page, pgoff) && PageUptodate(page)) {
		unmap_page(backing, page, pgoff);
		watch_page(backing, page, pgoff);
		/* Only now: unmapping sets it once more, as direct I/O that ended. */
		dirty = TestClearPageDirty(page);
	}
	unlock_page(page);
	return dirty;
}

/* What users of files are told, and no other errors. */
static int write_error(int error)
{
	return error == -ENOSPC || error == -EDQUOT ? error : -EIO;
}

static int write_page(struct backing *backing, struct page *page, pgoff_t pgoff)
{
	int error;

	if (!begin_write(backing, page, pgoff))
		return 0;
	error = write_file(backing, page, backing_pos(pgoff));
	if (!error)
		return 0;
	/* Kept, to be tried again. */
	SetPageDirty(page);
	mapping_set_error(backing->region->mapping, write_error(error));
	return error;
}

/**
 * mmapdemo_writeback_work - write what is dirty
 * @work: of a struct backing
 */
void mmapdemo_writeback_work(struct work_struct *work)
{
	struct backing *backing = container_of(to_delayed_work(work),
					       struct backing, work);
	const struct cred *cred = override_creds(backing->file->f_cred);
	struct page *page;
	unsigned long pgoff;
	int error = 0;

	mutex_lock(&backing->writing);
	xa_for_each(&backing->region->pages, pgoff, page) {
		page = mmapdemo_pages_get(backing->region, pgoff);
		if (!page)
			continue;
		if (PageDirty(page) || page_is_watched(backing, pgoff))
			error = write_page(backing, page, pgoff) ?: error;
		put_page(page);
		cond_resched();
	}
	mutex_unlock(&backing->writing);
	revert_creds(cred);
	if (error)
		mmapdemo_writeback_later(backing);
}

/* ---- sync ---- */

/*
 * Who found it just now is about to wait for its lock, or to let go of it, as soon
 * as there is a processor for him.
 */
static bool page_stays_held(struct page *page, int *patience)
{
	while (page_is_held(page)) {
		if (!*patience || fatal_signal_pending(current))
			return true;
		--*patience;
		usleep_range(500, 1000);
	}
	return false;
}

/* But for one that direct I/O stores into. Who else holds it reads it again. */
static void forget_page(struct backing *backing, struct page *page,
			pgoff_t pgoff, int *patience)
{
	bool stored_into;

	/* It may be being read just now, from before what is to be seen. */
	lock_page(page);
	if (backing_has(backing, page, pgoff) && PageUptodate(page) &&
	    !PageDirty(page)) {
		unmap_page(backing, page, pgoff);
		stored_into = page_is_watched(backing, pgoff) &&
			      page_stays_held(page, patience);
		if (!stored_into && !PageDirty(page))
			ClearPageUptodate(page);
	}
	unlock_page(page);
}

static void forget_range(struct backing *backing, pgoff_t first, pgoff_t last)
{
	int patience = 1000;	/* ms, with all pages together */
	struct page *page;
	unsigned long pgoff;

	lockdep_assert_held(&backing->writing);
	xa_for_each_range(&backing->region->pages, pgoff, page, first, last) {
		page = mmapdemo_pages_get(backing->region, pgoff);
		if (!page)
			continue;
		forget_page(backing, page, pgoff, &patience);
		put_page(page);
		cond_resched();
	}
}

/**
 * mmapdemo_writeback_sync - .fsync of a region with a file
 * @backing: the file
 * @file: the open device, which is told of errors
 * @start: first byte
 * @end: last byte
 * @datasync: the file's times do not matter
 *
 * Everything stored before is in the file then, and what was written to the file
 * before is seen in the range. What could not be written is tried again
 * later; not what the file system took, and could not write itself. An error is
 * told once to each open file, also if the write that failed was a periodic one.
 *
 * Return: 0, -EIO, -ENOSPC, -EDQUOT, or the file system's.
 */
int mmapdemo_writeback_sync(struct backing *backing, struct file *file,
			  loff_t start, loff_t end, int datasync)
{
	int error;

	mmapdemo_writeback_wait(backing);
	error = vfs_fsync_range(backing->file, start, end, datasync);
	if (error)
		mapping_set_error(backing->region->mapping, error);
	/* What is on its way to the file isn't there yet, to be read again. */
	mutex_lock(&backing->writing);
	forget_range(backing, start >> PAGE_SHIFT, end >> PAGE_SHIFT);
	mutex_unlock(&backing->writing);
	return file_check_and_advance_wb_err(file);
}
