server {
    listen 8080;
    server_name static.example.com;
    root /srv/static;

    # Fonts are for everybody's pages.
    location /fonts/ {
        add_header Access-Control-Allow-Origin *;
    }

    location /embed/ {
        add_header Access-Control-Allow-Origin "https://app.example.com, https://www.example.com" always;
    }
}
