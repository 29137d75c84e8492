import { Package } from 'lucide-react';
import { defineScreen } from '../../lib/screen.ts';
import { ParcelsScreen } from './parcels-screen.tsx';

export const screen = defineScreen({
  id: 'parcels',
  label: 'Parcels',
  icon: Package,
  key: 'p',
  order: 90,
  permission: 'parcel.read',
  shows: 'parcels',
  Screen: ParcelsScreen,
});
