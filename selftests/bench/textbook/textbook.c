// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/textbook: a driver whose mmap is written as in textbooks. bench/device
 * compares /dev/mmapdemo with this driver. Each open file has an array of pages
 * and a mutex. The first touch of a page allocates the page. The number of
 * pages is not limited, and no cgroup is charged for them. All pages are freed
 * at the last close.
 */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>

#define PAGES 4096

struct textbook {
	struct mutex lock;
	struct page *pages[PAGES];
};

static int textbook_open(struct inode *inode, struct file *file)
{
	struct textbook *book = kvzalloc(sizeof(*book), GFP_KERNEL);

	if (!book)
		return -ENOMEM;
	mutex_init(&book->lock);
	file->private_data = book;
	return 0;
}

static int textbook_release(struct inode *inode, struct file *file)
{
	struct textbook *book = file->private_data;
	int i;

	for (i = 0; i < PAGES; i++)
		if (book->pages[i])
			put_page(book->pages[i]);
	kvfree(book);
	return 0;
}

static vm_fault_t textbook_fault(struct vm_fault *vmf)
{
	struct textbook *book = vmf->vma->vm_file->private_data;
	struct page *page;

	if (vmf->pgoff >= PAGES)
		return VM_FAULT_SIGBUS;
	mutex_lock(&book->lock);
	page = book->pages[vmf->pgoff];
	if (!page) {
		page = alloc_page(GFP_KERNEL | __GFP_ZERO);
		book->pages[vmf->pgoff] = page;
	}
	if (page)
		get_page(page);
	mutex_unlock(&book->lock);
	vmf->page = page;
	return page ? 0 : VM_FAULT_OOM;
}

static const struct vm_operations_struct textbook_vm_ops = {
	.fault = textbook_fault,
};

static int textbook_mmap(struct file *file, struct vm_area_struct *vma)
{
	vma->vm_ops = &textbook_vm_ops;
	return 0;
}

static const struct file_operations textbook_fops = {
	.owner = THIS_MODULE,
	.open = textbook_open,
	.release = textbook_release,
	.mmap = textbook_mmap,
};

static struct miscdevice textbook_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "textbook",
	.fops = &textbook_fops,
	.mode = 0600,
};
module_misc_device(textbook_device);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("mmap as the books have it");
