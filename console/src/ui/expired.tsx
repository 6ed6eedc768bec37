import { useNavigate, useRouter } from '@tanstack/react-router';
import { useEffect } from 'react';

/** The session ended while a page behind a door was open: off to the door, and back here afterwards. */
export function Expired({ door }: { door: '/sign-in' | '/staff/sign-in' }) {
  const navigate = useNavigate();
  const router = useRouter();
  useEffect(() => {
    const { pathname, href } = router.state.location;
    if (pathname !== door) void navigate({ to: door, search: { back: href, expired: true } });
  }, [navigate, router, door]);
  return null;
}
