server {
    listen 8080;
    server_name api.example.com;

    location /orders/ {
        if ($request_method = OPTIONS) {
            add_header Access-Control-Allow-Methods "GET, POST, PUT, DELETE";
            add_header Access-Control-Allow-Headers "Content-Type, Authorization";
            return 204;
        }
        include snippets/cors.conf;
        proxy_pass http://orders;
    }

    location /reports/ {
        add_header Access-Control-Allow-Origin https://app.example.com always;
        add_header Access-Control-Allow-Credentials true always;
        proxy_pass http://orders;

        location /reports/archive/ {
            # This one line switches the two above off.
            add_header Cache-Control "public, max-age=86400";
            proxy_pass http://orders;
        }
    }

    location /admin/ {
        auth_basic "Back office";
        auth_basic_user_file /etc/nginx/htpasswd;
        add_header Access-Control-Allow-Origin https://admin.example.com always;
        add_header Access-Control-Allow-Credentials true always;
        add_header Access-Control-Allow-Headers Authorization always;
        proxy_pass http://orders;
    }

    location /session/ {
        add_header Access-Control-Allow-Origin $http_origin always;
        add_header Access-Control-Allow-Credentials true always;
        add_header Vary Origin always;
        proxy_pass http://orders;
    }
}
