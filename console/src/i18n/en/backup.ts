import type { Texts } from '../shape.ts';
import type { backup as zh } from '../zh/backup.ts';

export const backup: Texts<typeof zh> = {
  backup: {
    none: 'No backups',
    noneLead: 'No backup of any kind is made or sold. Copy your data out yourself, regularly:',
    yours: 'Backups are yours',
    yoursLead: 'Backups are your duty; nobody promises that data can be had back. Copy it out like this:',
    copy: 'Copy the {{name}} command',
    elsewhere:
      'Or push it to object storage elsewhere from inside the machine, with rclone, s3cmd and the like.',
  },
};
